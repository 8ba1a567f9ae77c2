#include "format/json_scanner.h"

#include <cstring>

#include "format/json_reader.h"

namespace socklog {
namespace {

constexpr int kMaxDepth = 32;
// Names are chosen by whoever sends requests (Caddy logs all headers).
constexpr std::size_t kMaxMembers = 64;

const char* SkipBlanks(const char* p) {
  while (*p == ' ') ++p;
  return p;
}

bool StartsNumber(char c) { return (c >= '0' && c <= '9') || c == '-'; }
bool IsInNumber(char c) { return StartsNumber(c) || c == '.' || c == '+' || c == 'e' || c == 'E'; }

std::string_view Between(const char* begin, const char* end) { return {begin, static_cast<std::size_t>(end - begin)}; }

JsonToken TokenOf(std::string_view name) {
  JsonToken token;
  if (name.size() > JsonToken::kMaxSize) return token;
  std::memcpy(token.text, name.data(), name.size());
  token.size = static_cast<std::uint32_t>(name.size());
  return token;
}

}  // namespace

JsonScanner::JsonScanner(const JsonPaths& paths) : values_(paths.slots()) {
  const auto shape_of = [&paths](const JsonNode* node) {
    Index index = 0;
    while (index < paths.nodes().size() && &paths.nodes()[index] != node) ++index;
    return node == nullptr ? kNone : index;
  };
  for (const JsonNode& node : paths.nodes()) {
    std::vector<Member>& members = shapes_.emplace_back().members;
    members.resize(kUnknown + 1);
    for (const JsonEdge& edge : node.edges) {
      usable_ &= edge.key.find('"') == std::string::npos;  // it might be found across the end of a name
      members.push_back({TokenOf('"' + edge.key + '"'), &edge, shape_of(edge.child), kStart});
    }
  }
}

const char* JsonScanner::Read(const char* line) {
  if (!usable_ || *line != '{') return nullptr;
  for (JsonValue& value : values_) value = JsonValue();
  escaped_ = false;
  ascii_ = true;
  const char* p = Object(line + 1, 0, 0);
  if (p == nullptr) return nullptr;
  while (*p == ' ' || *p == '\t' || *p == '\r') ++p;
  if (*p != '\n') return nullptr;
  return ascii_ || IsUtf8(Between(line, p)) ? p : nullptr;
}

// From behind its brace on.
const char* JsonScanner::Object(const char* p, Index shape, int depth) {
  if (depth > kMaxDepth) return nullptr;
  p = SkipBlanks(p);
  if (*p == '}') return p + 1;
  Index member = kStart;
  while (true) {
    if (shape != kNone) {
      p = Name(p, &shapes_[shape], &member);
      if (p == nullptr) return nullptr;
    } else {
      if (*p != '"' || (p = StringEnd(p + 1)) == nullptr) return nullptr;
      ++p;
    }
    p = SkipBlanks(p);
    if (*p != ':') return nullptr;
    p = SkipBlanks(p + 1);
    if (shape != kNone) {
      const Member& known = shapes_[shape].members[member];
      p = Value(p, known.edge, known.child, depth);
    } else {
      p = Value(p, nullptr, kNone, depth);
    }
    if (p == nullptr) return nullptr;
    p = SkipBlanks(p);
    if (*p == '}') return p + 1;
    if (*p != ',') return nullptr;
    p = SkipBlanks(p + 1);
  }
}

// *member: the one before, then this one.
const char* JsonScanner::Name(const char* p, Shape* shape, Index* member) {
  std::vector<Member>& members = shape->members;
  const Index before = *member;
  const Index guess = members[before].next;
  if (StartsWith(p, members[guess].name)) {
    *member = guess;
    return p + members[guess].name.size;
  }
  if (*p != '"') return nullptr;
  const char* end = FindStringSpecial(p + 1);
  if (*end != '"') return nullptr;
  ++end;
  const std::string_view name = Between(p, end);
  Index found = kUnknown + 1;
  const auto is_name = [name](const Member& m) {
    if (m.name.size <= JsonToken::kMaxSize) return m.name.size == name.size() && StartsWith(name.data(), m.name);
    return name.substr(1, name.size() - 2) == m.edge->key;
  };
  while (found < members.size() && !is_name(members[found])) ++found;
  if (found == members.size()) {
    if (members.size() < kMaxMembers && name.size() <= JsonToken::kMaxSize) {
      members.push_back({TokenOf(name), nullptr, kNone, kStart});
    } else {
      found = kUnknown;
    }
  }
  members[before].next = found;
  *member = found;
  return end;
}

const char* JsonScanner::Value(const char* p, const JsonEdge* edge, Index child, int depth) {
  switch (*p) {
    case '"': {
      const char* end = StringEnd(p + 1);
      if (end == nullptr) return nullptr;
      if (edge != nullptr) KeepJsonValue(*edge, Between(p + 1, end), true, &values_);
      return end + 1;
    }
    case '{':
      return Object(p + 1, child, depth + 1);
    case '[':
      return Array(p + 1, edge, depth + 1);
    default:
      return Scalar(p, edge);
  }
}

// From behind its bracket on. Of its elements, the first counts if it is a string or a number.
const char* JsonScanner::Array(const char* p, const JsonEdge* edge, int depth) {
  if (depth > kMaxDepth) return nullptr;
  p = SkipBlanks(p);
  if (*p == ']') return p + 1;
  if (*p != '"' && !StartsNumber(*p)) edge = nullptr;
  while (true) {
    p = Value(p, edge, kNone, depth);
    if (p == nullptr) return nullptr;
    edge = nullptr;
    p = SkipBlanks(p);
    if (*p == ']') return p + 1;
    if (*p != ',') return nullptr;
    p = SkipBlanks(p + 1);
  }
}

// A number, true, false or null. What follows is the caller's to check.
const char* JsonScanner::Scalar(const char* p, const JsonEdge* edge) {
  const char* end = p;
  if (StartsNumber(*p)) {
    while (IsInNumber(*end)) ++end;
  } else if (std::memcmp(p, "null", 4) == 0) {
    return p + 4;
  } else if (std::memcmp(p, "true", 4) == 0) {
    end = p + 4;
  } else if (std::memcmp(p, "false", 5) == 0) {
    end = p + 5;
  } else {
    return nullptr;
  }
  if (edge != nullptr) KeepJsonValue(*edge, Between(p, end), false, &values_);
  return end;
}

// The closing quote of the string that `p` is in.
const char* JsonScanner::StringEnd(const char* p) {
  while (true) {
    p = FindStringSpecial(p);
    if (*p == '"') return p;
    if (*p == '\\') {
      escaped_ = true;
      ++p;
      if (*p == '"' || *p == '\\') ++p;
    } else if (static_cast<unsigned char>(*p) >= 0x80) {
      ascii_ = false;
      while (static_cast<unsigned char>(*p) >= 0x80) ++p;
    } else {
      return nullptr;  // a control byte
    }
  }
}

}  // namespace socklog
