#include "format/diagnose.h"

#include <algorithm>

#include "format/field_rule.h"

namespace socklog {
namespace {

bool AllOf(std::string_view text, std::string_view set) {
  return text.find_first_not_of(set) == std::string_view::npos;
}

// Whether `value` can be what the element writes; nullptr if so.
const char* CheckValue(const Element& element, std::string_view value, TimeReader* times) {
  FieldRule rule;
  switch (element.content) {
    case Content::kTime: {
      CivilParts parts;
      if (times->ReadPart(element.time, value, &parts)) return nullptr;
      return TimeReason(element.time.form);
    }
    case Content::kStatus:
      rule.field = Field::kStatus;
      return !value.empty() && (value == "-" || AllOf(value, "0123456789")) ? nullptr : FieldReason(rule);
    case Content::kBytes:
      rule.field = Field::kBytes;
      return value == "-" || AllOf(value, "0123456789") ? nullptr : FieldReason(rule);
    case Content::kNumber:
      return AllOf(value, "-0123456789") ? nullptr : "a number of the format is not a number in the line";
    default:
      return nullptr;
  }
}

// What to say where the text between two directives is missing.
const char* MissingLiteral(const Template& format, std::size_t i, std::string_view rest) {
  const std::string& literal = format.elements[i].text;
  const bool after_quote =
      i >= 2 && format.elements[i - 2].content == Content::kLiteral && format.elements[i - 2].text.back() == '"';
  if (literal[0] == '"' && after_quote)
    return rest.empty() ? "no closing quote" : "a quoted field is followed by something else than in the format";
  if (rest.empty()) return "the line ends before its last field";
  if (i + 1 < format.elements.size() && format.elements[i + 1].content == Content::kTime) {
    return TimeReason(format.elements[i + 1].time.form);
  }
  if (i + 1 < format.elements.size() && format.elements[i + 1].content == Content::kRequest) {
    return "no quoted request where the format has one";
  }
  return "the line has not the quotes, brackets or blanks of its format";
}

// Where the number at the start of `rest`, or nginx's list of several, ends.
std::size_t NumberEnd(std::string_view rest) {
  for (std::size_t i = 0; i < rest.size(); ++i) {
    const bool in_list = i > 0 && (rest[i - 1] == ',' || rest[i - 1] == ':' || rest.substr(i, 2) == " :");
    if (rest[i] == '"' || (rest[i] == ' ' && !in_list)) return i;
  }
  return rest.size();
}

bool IsNumber(Content content) {
  return content == Content::kStatus || content == Content::kBytes || content == Content::kNumber ||
         content == Content::kDuration;
}

// Where the quoted text at the start of `rest` ends.
std::size_t QuotedEnd(std::string_view rest, Escape escape) {
  for (std::size_t i = 0; i < rest.size(); ++i) {
    if (rest[i] == '\\' && escape != Escape::kNone) {
      ++i;
    } else if (rest[i] == '"') {
      return i;
    }
  }
  return rest.size();
}

}  // namespace

const char* Diagnose(const Template& format, std::string_view line, const std::shared_ptr<const TimeZone>& zone,
                     bool open_end) {
  TimeReader times(zone);
  const auto& elements = format.elements;
  std::string_view rest = line;
  for (std::size_t i = 0; i < elements.size(); ++i) {
    const Element& element = elements[i];
    if (element.content == Content::kLiteral) {
      if (rest.substr(0, element.text.size()) != element.text) return MissingLiteral(format, i, rest);
      rest.remove_prefix(element.text.size());
      continue;
    }
    const bool has_literal = i + 1 < elements.size() && elements[i + 1].content == Content::kLiteral;
    const std::string_view literal = has_literal ? std::string_view(elements[i + 1].text) : std::string_view();
    const bool quoted = i > 0 && elements[i - 1].content == Content::kLiteral && elements[i - 1].text.back() == '"' &&
                        literal.substr(0, 1) == "\"";
    std::size_t end = rest.size();
    if (quoted) {
      end = QuotedEnd(rest, format.escape);
    } else if (has_literal) {
      end = rest.find(literal);
      // A field at the place of the last value that fits ends there at the latest.
      if (end == std::string_view::npos) end = std::min(rest.size(), rest.find(literal[0]));
    } else if (open_end) {
      end = std::min(rest.size(), rest.find(' '));
    } else if (i + 1 == elements.size() && IsNumber(element.content)) {
      end = NumberEnd(rest);
    }
    if (const char* reason = CheckValue(element, rest.substr(0, end), &times); reason != nullptr) return reason;
    rest.remove_prefix(end);
  }
  return rest.empty() || open_end ? nullptr : "there is more text after the last field";
}

}  // namespace socklog
