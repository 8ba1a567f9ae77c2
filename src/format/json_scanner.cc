#include "format/json_scanner.h"

#include <cstring>

#include "format/json_reader.h"

namespace socklog {
namespace {

constexpr int kMaxDepth = 32;
// Names are chosen by whoever sends requests: Caddy logs all headers.
constexpr std::size_t kMaxMembers = 64;

inline const char* SkipBlanks(const char* p) {
  while (*p == ' ') ++p;
  return p;
}

// What is behind the colon that comes next, or nullptr.
const char* AfterColon(const char* p) {
  p = SkipBlanks(p);
  return *p == ':' ? p + 1 : nullptr;
}

inline bool StartsNumber(char c) { return (c >= '0' && c <= '9') || c == '-'; }
inline bool IsInNumber(char c) { return StartsNumber(c) || c == '.' || c == '+' || c == 'e' || c == 'E'; }

inline std::string_view Between(const char* begin, const char* end) {
  return {begin, static_cast<std::size_t>(end - begin)};
}

}  // namespace

JsonScanner::JsonScanner(const JsonPaths& paths) : shapes_(paths.nodes().size()), values_(paths.slots()) {
  for (std::size_t i = 0; i < shapes_.size(); ++i) {
    Shape& shape = shapes_[i];
    shape.start.next = shape.unknown.next = &shape.unknown;
    for (const JsonEdge& edge : paths.nodes()[i].edges) {
      usable_ &= edge.key.find('"') == std::string::npos;  // JsonReader may find it across the end of a name
      Member& member = shape.members.emplace_back(MakeMember(edge.key, &shape));
      member.edge = &edge;
      for (std::size_t child = 0; child < shapes_.size(); ++child) {
        if (&paths.nodes()[child] == edge.child) member.child = &shapes_[child];
      }
    }
  }
}

JsonScanner::Member JsonScanner::MakeMember(std::string_view name, Shape* shape) {
  Member member;
  member.name = name;
  member.token = MakeJsonToken('"' + member.name + "\":");
  member.next = &shape->unknown;
  return member;
}

const char* JsonScanner::Read(const char* line) {
  if (!usable_ || *line != '{') return nullptr;
  for (JsonValue& value : values_) value = JsonValue();
  escaped_ = false;
  ascii_ = true;
  const char* p = Object(line + 1, &shapes_.front(), 0);
  if (p == nullptr) return nullptr;
  while (*p == ' ' || *p == '\t' || *p == '\r') ++p;
  if (*p != '\n') return nullptr;
  return ascii_ || IsUtf8(Between(line, p)) ? p : nullptr;
}

inline const char* JsonScanner::Name(const char* p, Shape* shape, Member** member) {
  Member* guess = (*member)->next;
  if (!StartsWith(p, guess->token)) return FindName(p, shape, member);
  *member = guess;
  return p + guess->token.size;
}

const char* JsonScanner::FindName(const char* p, Shape* shape, Member** member) {
  if (*p != '"') return nullptr;
  const char* end = FindStringSpecial(p + 1);
  if (*end != '"') return nullptr;  // an escape, for example
  const std::string_view name = Between(p + 1, end);
  Member* found = &shape->unknown;
  for (Member& known : shape->members) {
    if (known.name == name) found = &known;
  }
  if (found == &shape->unknown && shape->members.size() < kMaxMembers)
    found = &shape->members.emplace_back(MakeMember(name, shape));
  (*member)->next = found;
  *member = found;
  return AfterColon(end + 1);
}

inline const char* JsonScanner::StringEnd(const char* p) {
  p = FindStringSpecial(p);
  return *p == '"' ? p : OddStringEnd(p);
}

// From the first byte on that is special.
const char* JsonScanner::OddStringEnd(const char* p) {
  while (*p != '"') {
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
    p = FindStringSpecial(p);
  }
  return p;
}

inline const char* JsonScanner::Value(const char* p, const JsonEdge* edge, Shape* child, int depth) {
  if (*p != '"') return Other(p, edge, child, depth);
  const char* end = StringEnd(p + 1);
  if (end == nullptr) return nullptr;
  if (edge != nullptr) KeepJsonValue(*edge, Between(p + 1, end), true, &values_);
  return end + 1;
}

// A value that is no string.
const char* JsonScanner::Other(const char* p, const JsonEdge* edge, Shape* child, int depth) {
  if (*p == '{') return Object(p + 1, child, depth + 1);
  if (*p == '[') return Array(p + 1, edge, depth + 1);
  return Scalar(p, edge);
}

// From behind its brace on. Without a shape nothing is wanted.
const char* JsonScanner::Object(const char* p, Shape* shape, int depth) {
  if (depth > kMaxDepth) return nullptr;
  p = SkipBlanks(p);
  if (*p == '}') return p + 1;
  Member* member = shape == nullptr ? nullptr : &shape->start;
  while (true) {
    if (shape != nullptr) {
      p = Name(p, shape, &member);
    } else {
      p = *p == '"' ? StringEnd(p + 1) : nullptr;
      if (p != nullptr) p = AfterColon(p + 1);
    }
    if (p == nullptr) return nullptr;
    p = SkipBlanks(p);
    p = shape != nullptr ? Value(p, member->edge, member->child, depth) : Value(p, nullptr, nullptr, depth);
    if (p == nullptr) return nullptr;
    p = SkipBlanks(p);
    if (*p == '}') return p + 1;
    if (*p != ',') return nullptr;
    p = SkipBlanks(p + 1);
  }
}

// From behind its bracket on. Of its elements, the first one counts if it is a string or a number.
const char* JsonScanner::Array(const char* p, const JsonEdge* edge, int depth) {
  if (depth > kMaxDepth) return nullptr;
  p = SkipBlanks(p);
  if (*p == ']') return p + 1;
  if (*p != '"' && !StartsNumber(*p)) edge = nullptr;
  while (true) {
    p = Value(p, edge, nullptr, depth);
    if (p == nullptr) return nullptr;
    edge = nullptr;
    p = SkipBlanks(p);
    if (*p == ']') return p + 1;
    if (*p != ',') return nullptr;
    p = SkipBlanks(p + 1);
  }
}

// A number, true, false or null. Whether it ends there is seen by what follows.
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

}  // namespace socklog
