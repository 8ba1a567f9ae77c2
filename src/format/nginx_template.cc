// nginx's log_format strings.
#include <algorithm>
#include <array>
#include <utility>

#include "format/template.h"

namespace socklog {
namespace {

bool IsNameByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// A variable that is of interest, or whose value is no "-" when generated.
struct Variable {
  std::string_view name;
  Content content;
  int rank;
  std::string_view sample;
};

constexpr std::array kVariables = {
    Variable{"remote_addr", Content::kClient, 0, "-"},
    Variable{"realip_remote_addr", Content::kClient, 3, "-"},
    Variable{"proxy_protocol_addr", Content::kClient, 2, "-"},
    Variable{"remote_user", Content::kUser, 0, "-"},
    Variable{"request", Content::kRequest, 0, "-"},
    Variable{"request_method", Content::kMethod, 0, "-"},
    Variable{"request_uri", Content::kTarget, 0, "-"},
    Variable{"uri", Content::kPath, 1, "-"},
    Variable{"document_uri", Content::kPath, 2, "-"},
    Variable{"args", Content::kQuery, 0, "-"},
    Variable{"query_string", Content::kQuery, 0, "-"},
    Variable{"server_protocol", Content::kProtocol, 0, "-"},
    Variable{"status", Content::kStatus, 0, "-"},
    Variable{"body_bytes_sent", Content::kBytes, 0, "-"},
    Variable{"bytes_sent", Content::kBytes, 1, "-"},
    Variable{"host", Content::kHost, 0, "-"},
    Variable{"server_name", Content::kHost, 2, "-"},
    Variable{"is_args", Content::kOther, 0, ""},
    Variable{"remote_port", Content::kNumber, 0, "40000"},
    Variable{"server_port", Content::kNumber, 0, "443"},
    Variable{"connection", Content::kNumber, 0, "1"},
    Variable{"connection_requests", Content::kNumber, 0, "1"},
    Variable{"request_length", Content::kNumber, 0, "512"},
    Variable{"pipe", Content::kOther, 0, "."},
    Variable{"scheme", Content::kOther, 0, "https"},
    Variable{"hostname", Content::kOther, 0, "www"},
};

Element VariableElement(std::string_view spelled, std::string_view name) {
  if (name == "time_local") return TimeElement(spelled, TimeForm::kClf);
  if (name == "time_iso8601") {
    Element element = TimeElement(spelled, TimeForm::kIso);
    element.rank = 1;
    return element;
  }
  if (name == "msec") {
    Element element = TimeElement(spelled, TimeForm::kEpoch);
    element.time.decimals = 3;
    element.rank = -1;
    return element;
  }
  if (name == "request_time") return DurationElement(spelled, 6, 3);
  if (name == "upstream_response_time") {
    Element element = DurationElement(spelled, 6, 3);
    element.rank = 10;
    return element;
  }
  if (name.substr(0, 5) == "http_") return HeaderElement(spelled, name.substr(5));
  Element element;
  element.content = Content::kOther;  // nginx's modules and users define more of them
  for (const Variable& variable : kVariables) {
    if (variable.name != name) continue;
    element.content = variable.content;
    element.rank = variable.rank;
    element.sample = variable.sample;
  }
  element.text = spelled;
  return element;
}

// The configuration language around the format: words and quoted strings.
class Statement {
 public:
  explicit Statement(std::string_view text) : text_(text) {}

  // Joins the strings of a whole statement ("log_format main escape=json '...' '...';"), of its quoted strings alone,
  // or takes the text as it stands.
  Status Read(Unquoted* out, Escape* escape) {
    SkipBlanks();
    bool whole = false;
    if (HasWord(text_.substr(at_), "log_format")) {
      whole = true;
      SkipWord();
      SkipWord();  // its name
    }
    if (text_.substr(at_, 7) == "escape=") {
      if (Status status = ReadEscape(escape); !status.ok()) return status;
    }
    const std::size_t end = text_.find_last_not_of(" \t\r\n;");
    if (whole || (at_ < text_.size() && text_[at_] == '\'' && text_[end] == '\'')) return ReadStrings(out);
    for (std::size_t i = at_; i < text_.size(); ++i) out->Add(text_[i], i);
    return {};
  }

 private:
  void SkipBlanks() { at_ = std::min(text_.size(), text_.find_first_not_of(" \t\r\n", at_)); }
  void SkipWord() {
    at_ = std::min(text_.size(), text_.find_first_of(" \t\r\n", at_));
    SkipBlanks();
  }

  Status ReadEscape(Escape* escape) {
    const std::size_t start = at_ + 7;
    SkipWord();
    std::string_view name = text_.substr(start, at_ - start);
    name = name.substr(0, name.find_last_not_of(" \t\r\n") + 1);
    if (name == "default") {
      *escape = Escape::kNginx;
    } else if (name == "json") {
      *escape = Escape::kJson;
    } else if (name == "none") {
      *escape = Escape::kNone;
    } else {
      return Status::Usage("escape=" + std::string(name) + " in the nginx format: must be default, json or none");
    }
    return {};
  }

  Status ReadStrings(Unquoted* out) {
    while (true) {
      SkipBlanks();
      if (at_ >= text_.size() || text_[at_] == ';') return {};
      const char quote = text_[at_];
      if (quote != '\'' && quote != '"') {  // a string without quotes
        while (at_ < text_.size() && std::string_view(" \t\r\n;").find(text_[at_]) == std::string_view::npos) {
          out->Add(text_[at_], at_);
          ++at_;
        }
        continue;
      }
      const std::size_t start = at_++;
      while (at_ < text_.size() && text_[at_] != quote) AddQuoted(out);
      if (at_ >= text_.size()) {
        return Status::Usage("no closing quote for the one at byte offset " + std::to_string(start) +
                             " of the nginx format");
      }
      ++at_;
    }
  }

  void AddQuoted(Unquoted* out) {
    char c = text_[at_];
    if (c == '\\' && at_ + 1 < text_.size()) {
      constexpr std::string_view kEscaped = "\"'\\trn";
      constexpr std::string_view kMeaning = "\"'\\\t\r\n";
      if (const std::size_t i = kEscaped.find(text_[at_ + 1]); i != std::string_view::npos) {
        c = kMeaning[i];
        ++at_;
      }
    }
    out->Add(c, at_++);
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

// $uri$is_args$args, in whichever parts stand side by side, is one target.
void MergeTargets(std::vector<Element>* elements) {
  for (std::size_t i = 0; i + 2 < elements->size(); ++i) {
    Element& path = (*elements)[i];
    if (path.content != Content::kPath || (*elements)[i + 1].text != "$is_args") continue;
    if ((*elements)[i + 2].content != Content::kQuery) continue;
    path.content = Content::kTarget;
    path.text += (*elements)[i + 1].text + (*elements)[i + 2].text;
    elements->erase(elements->begin() + static_cast<std::ptrdiff_t>(i) + 1,
                    elements->begin() + static_cast<std::ptrdiff_t>(i) + 3);
  }
}

}  // namespace

Result<Template> ParseNginxTemplate(std::string_view text) {
  Unquoted source;
  Escape escape = Escape::kNginx;
  if (Status status = Statement(text).Read(&source, &escape); !status.ok()) return status;
  const std::string_view format = source.text;
  TemplateBuilder builder;
  for (std::size_t at = 0; at < format.size();) {
    if (format[at] != '$') {
      builder.Literal(format[at++]);
      continue;
    }
    const bool braces = format.substr(at + 1, 1) == "{";
    const std::size_t start = at + (braces ? 2 : 1);
    std::size_t end = start;
    while (end < format.size() && IsNameByte(format[end])) ++end;
    const bool closed = !braces || format.substr(end, 1) == "}";
    if (end == start || !closed) {
      return Status::Usage("no variable name after '$' at byte offset " + std::to_string(source.OffsetOf(at)) +
                           " of the nginx format");
    }
    const std::string_view name = format.substr(start, end - start);
    builder.Directive(VariableElement("$" + std::string(name), name));
    at = end + (braces ? 1 : 0);
  }
  Template made = builder.Finish(escape);
  made.stamps_end = true;
  MergeTargets(&made.elements);
  return made;
}

}  // namespace socklog
