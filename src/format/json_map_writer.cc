// JSON lines, written by a map of members to fields.
#include <algorithm>
#include <utility>
#include <vector>

#include "base/json_writer.h"
#include "base/text.h"
#include "format/log_writer.h"
#include "socklog/text_buffer.h"

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

class JsonMapWriter : public LogWriter {
 public:
  explicit JsonMapWriter(const JsonMap& map) {
    Node root;
    for (const auto& [path, text] : map.constants) NodeAt(&root, path)->text = text;
    for (const JsonMember& member : map.members) NodeAt(&root, member.paths[0])->member = &member;
    JsonWriter json(&tail_);
    AddObject(root, &json);
    tail_ += '\n';
  }

  void Write(const WrittenRequest& request, std::string* out) override {
    line_.clear();
    for (Step& step : steps_) {
      line_.Append(step.before);
      WriteValue(&step, request);
    }
    line_.Append(tail_);
    out->append(line_.view());
  }

 private:
  // A value and the constant text before it.
  struct Step {
    std::string before;
    FieldRule rule;
    bool number;
    TimeText time;
  };

  // `json` writes to tail_, from which each step takes what is there.
  void AddObject(const Node& node, JsonWriter* json) {
    json->BeginObject();
    for (const Node& child : node.children) {
      json->Key(child.key);
      if (!child.children.empty()) {
        AddObject(child, json);
      } else if (child.member == nullptr) {
        json->String(child.text);
      } else {
        if (child.member->array) json->BeginArray();
        AddStep(*child.member, json);
        if (child.member->array) json->EndArray();
      }
    }
    json->EndObject();
  }

  void AddStep(const JsonMember& member, JsonWriter* json) {
    json->Null();  // stands for the value, so that the commas are right
    tail_.resize(tail_.size() - std::string_view("null").size());
    steps_.push_back({std::exchange(tail_, {}), member.rule, member.number, TimeText(member.rule.time)});
  }

  void WriteValue(Step* step, const WrittenRequest& request) {
    switch (step->rule.field) {
      case Field::kTime:
      case Field::kTimePart:
        return WriteTime(step, request.time);
      case Field::kStatus:
        return WriteCount(request.status);
      case Field::kBytes:
        return WriteCount(request.bytes);
      case Field::kDuration:
        return WriteDuration(step->rule, request.duration);
      case Field::kRequest:
        return WriteRequestLine(request);
      default:
        return WriteString(Text(step->rule.field, request), request.plain);
    }
  }

  static std::string_view Text(Field field, const WrittenRequest& request) {
    switch (field) {
      case Field::kMethod:
        return request.method;
      case Field::kTarget:
        return request.target;
      case Field::kPath:
        return request.target.substr(0, request.target.find('?'));
      case Field::kQuery: {
        const std::size_t mark = request.target.find('?');
        return mark == std::string_view::npos ? std::string_view() : request.target.substr(mark + 1);
      }
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

  void WriteString(std::string_view text, bool plain) {
    if (plain) {
      line_.Append("\"");
      line_.Append(text);
      line_.Append("\"");
      return;
    }
    text_.clear();
    JsonWriter(&text_).String(text);
    line_.Append(text_);
  }

  void WriteRequestLine(const WrittenRequest& request) {
    request_line_.assign(request.method).append(" ").append(request.target);
    if (!request.protocol.empty()) request_line_.append(" ").append(request.protocol);
    WriteString(request_line_, request.plain);
  }

  void WriteCount(std::int64_t value) { AppendNumber(std::max<std::int64_t>(value, 0), &line_); }

  void WriteDuration(const FieldRule& rule, Micros duration) {
    if (duration < 0) {
      line_.Append("null");
    } else if (rule.exponent == 6) {
      line_.Append(FormatDouble(static_cast<double>(duration) / 1e6));
    } else {
      WriteCount(rule.exponent == -3 ? duration * 1000 : rule.exponent == 3 ? duration / 1000 : duration);
    }
  }

  void WriteTime(Step* step, Micros time) {
    if (step->number && step->rule.exponent == 6) {
      line_.Append(FormatDouble(static_cast<double>(time) / 1e6));
    } else if (step->number) {
      WriteDuration(step->rule, time);
    } else {
      line_.Append("\"");
      line_.Append(step->time.At(time));
      line_.Append("\"");
    }
  }

  std::vector<Step> steps_;
  std::string tail_;  // after the last value, with the newline
  TextBuffer line_;   // reused, as are these
  std::string text_;
  std::string request_line_;
};

}  // namespace

std::unique_ptr<LogWriter> MakeJsonMapWriter(const JsonMap& map) { return std::make_unique<JsonMapWriter>(map); }

}  // namespace socklog
