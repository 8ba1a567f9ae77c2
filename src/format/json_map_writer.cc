// JSON lines, written by a map of members to fields.
#include <utility>

#include "base/json_writer.h"
#include "format/log_writer.h"

namespace socklog {
namespace {

// A member in the tree that the dotted paths make, in the order of the map.
struct Node {
  std::string key;
  const JsonMember* member = nullptr;
  std::string text;  // of a constant
  std::vector<Node> children;
};

Node* Child(Node* parent, std::string_view key) {
  for (Node& child : parent->children) {
    if (child.key == key) return &child;
  }
  parent->children.emplace_back();
  parent->children.back().key = key;
  return &parent->children.back();
}

// The node at a dotted path, made if it is not there.
Node* NodeAt(Node* root, std::string_view path) {
  Node* node = root;
  for (std::size_t dot = path.find('.'); dot != std::string_view::npos; dot = path.find('.')) {
    node = Child(node, path.substr(0, dot));
    path.remove_prefix(dot + 1);
  }
  return Child(node, path);
}

std::string RequestLineOf(const WrittenRequest& request) {
  std::string line(request.method);
  line.append(" ").append(request.target);
  if (!request.protocol.empty()) line.append(" ").append(request.protocol);
  return line;
}

class JsonMapWriter : public LogWriter {
 public:
  explicit JsonMapWriter(const JsonMap& map) : map_(map) {
    for (const auto& [path, text] : map_.constants) NodeAt(&root_, path)->text = text;
    for (const JsonMember& member : map_.members) NodeAt(&root_, member.paths[0])->member = &member;
  }

  void Write(const WrittenRequest& request, std::string* out) override {
    JsonWriter json(out);
    WriteObject(root_, request, &json);
    out->push_back('\n');
  }

 private:
  void WriteObject(const Node& node, const WrittenRequest& request, JsonWriter* json) {
    json->BeginObject();
    for (const Node& child : node.children) {
      json->Key(child.key);
      if (!child.children.empty()) {
        WriteObject(child, request, json);
      } else if (child.member == nullptr) {
        json->String(child.text);
      } else {
        if (child.member->array) json->BeginArray();
        WriteValue(*child.member, request, json);
        if (child.member->array) json->EndArray();
      }
    }
    json->EndObject();
  }

  void WriteValue(const JsonMember& member, const WrittenRequest& request, JsonWriter* json) {
    const FieldRule& rule = member.rule;
    switch (rule.field) {
      case Field::kTime:
      case Field::kTimePart:
        return WriteTime(member, request.time, json);
      case Field::kStatus:
        return WriteCount(request.status, json);
      case Field::kBytes:
        return WriteCount(request.bytes, json);
      case Field::kDuration:
        return WriteDuration(rule, request.duration, json);
      default:
        json->String(Text(rule.field, request));
    }
  }

  // The text of a field; may be kept in text_.
  std::string_view Text(Field field, const WrittenRequest& request) {
    const std::size_t mark = request.target.find('?');
    switch (field) {
      case Field::kRequest:
        text_ = RequestLineOf(request);
        return text_;
      case Field::kMethod:
        return request.method;
      case Field::kTarget:
        return request.target;
      case Field::kPath:
        return request.target.substr(0, mark);
      case Field::kQuery:
        return mark == std::string_view::npos ? std::string_view() : request.target.substr(mark + 1);
      case Field::kProtocol:
        return request.protocol;
      case Field::kHost:
        return request.host;
      case Field::kClient:
      case Field::kClientList:
        return request.client;
      case Field::kUser:
        return request.user;
      case Field::kAgent:
        return request.agent;
      case Field::kReferer:
        return request.referer;
      default:
        return {};
    }
  }

  static void WriteCount(std::int64_t value, JsonWriter* json) {
    json->Unsigned(value < 0 ? 0 : static_cast<std::uint64_t>(value));
  }

  static void WriteDuration(const FieldRule& rule, Micros duration, JsonWriter* json) {
    if (duration < 0) {
      json->Null();
    } else if (rule.exponent == 6) {
      json->Double(static_cast<double>(duration) / 1e6);
    } else {
      WriteCount(rule.exponent == -3 ? duration * 1000 : rule.exponent == 3 ? duration / 1000 : duration, json);
    }
  }

  void WriteTime(const JsonMember& member, Micros time, JsonWriter* json) {
    if (member.number && member.rule.exponent == 6) {
      json->Double(static_cast<double>(time) / 1e6);
    } else if (member.number) {
      WriteDuration(member.rule, time, json);
    } else {
      text_.clear();
      AppendTime(member.rule.time, time, &text_);
      json->String(text_);
    }
  }

  const JsonMap map_;  // members are pointed to by the nodes
  Node root_;
  std::string text_;  // reused
};

}  // namespace

std::unique_ptr<LogWriter> MakeJsonMapWriter(const JsonMap& map) { return std::make_unique<JsonMapWriter>(map); }

}  // namespace socklog
