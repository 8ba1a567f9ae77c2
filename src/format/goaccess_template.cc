// GoAccess's log-format strings, alone or as the lines of its configuration file.
#include <algorithm>
#include <memory>

#include "format/template.h"

namespace socklog {
namespace {

struct GoAccessConfig {
  std::string log_format;
  std::size_t offset = 0;  // of the log format in the text
  std::string date = "%d/%b/%Y";
  std::string time = "%H:%M:%S";
  std::string datetime = "%d/%b/%Y:%H:%M:%S %z";
};

// "log-format ...", "date-format ...", "time-format ..." on lines of their own; anything else is the format itself.
GoAccessConfig ReadConfig(std::string_view text) {
  GoAccessConfig config;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.size(), text.find('\n', at));
    const std::string_view line = text.substr(at, end - at);
    const auto value = [&](std::string_view key) {
      return std::string(line.substr(std::min(line.size(), key.size() + 1)));
    };
    if (HasWord(line, "date-format")) {
      config.date = value("date-format");
    } else if (HasWord(line, "time-format")) {
      config.time = value("time-format");
    } else if (HasWord(line, "datetime-format")) {
      config.datetime = value("datetime-format");
    } else if (HasWord(line, "log-format")) {
      config.log_format = value("log-format");
      config.offset = at + std::string_view("log-format ").size();
    } else if (!line.empty()) {
      config.log_format = line;
      config.offset = at;
    }
    at = end + 1;
  }
  return config;
}

class Parser {
 public:
  explicit Parser(GoAccessConfig config) : config_(std::move(config)), text_(config_.log_format) {}

  Result<Template> Parse() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '\\' && at_ + 1 < text_.size()) {
        builder_.Literal(text_[at_ + 1] == 't' ? '\t' : text_[at_ + 1]);
        at_ += 2;
      } else if (c == '~' && text_.substr(at_, 2) == "~h") {
        if (Status status = AddClientList(); !status.ok()) return status;
      } else if (c != '%') {
        builder_.Literal(c);
        ++at_;
      } else if (Status status = AddSpecifier(); !status.ok()) {
        return status;
      }
    }
    return builder_.Finish(Escape::kApache);
  }

 private:
  Status Error(std::string what) const {
    return Status::Usage(std::move(what) + " at byte offset " + std::to_string(config_.offset + at_) +
                         " of the GoAccess format");
  }

  // ~h{," }: a list of addresses, the separators in braces.
  Status AddClientList() {
    std::size_t end = at_ + 2;
    if (text_.substr(end, 1) == "{") {
      end = text_.find('}', end);
      if (end == std::string_view::npos) return Error("no closing brace for '~h{'");
      ++end;
    }
    builder_.Directive(HeaderElement(text_.substr(at_, end - at_), "x-forwarded-for"));
    at_ = end;
    return {};
  }

  Status AddTime(std::string_view spelled, const std::string& format) {
    Result<TimePattern> pattern = TimePattern::Make(format);
    if (!pattern.ok()) return Error(pattern.status().message() + " for '" + std::string(spelled) + "'");
    Element element = TimeElement(spelled, TimeForm::kPattern);
    element.time.pattern = std::make_shared<TimePattern>(std::move(pattern).value());
    builder_.Directive(std::move(element));
    return {};
  }

  Status AddSpecifier() {
    const std::string_view spelled = text_.substr(at_, 2);
    const char letter = spelled.size() == 2 ? spelled[1] : '\0';
    Status status;
    switch (letter) {
      case 'x':
        status = AddTime(spelled, config_.datetime);
        break;
      case 'd':
        status = AddTime(spelled, config_.date);
        break;
      case 't':
        status = AddTime(spelled, config_.time);
        break;
      case 'R':
        builder_.Directive(HeaderElement(spelled, "referer"));
        break;
      case 'u':
        builder_.Directive(HeaderElement(spelled, "user-agent"));
        break;
      case 'T':
        builder_.Directive(DurationElement(spelled, 6, 3));
        break;
      case 'L':
        builder_.Directive(DurationElement(spelled, 3, 0));
        break;
      case 'D':
        builder_.Directive(DurationElement(spelled, 0, 0));
        break;
      case 'n':
        builder_.Directive(DurationElement(spelled, -3, 0));
        break;
      case '%':
        builder_.Literal('%');
        break;
      default: {
        Element element;
        element.text = spelled;
        if (!PlainElement(letter, &element)) return Error("unknown specifier '" + std::string(spelled) + "'");
        builder_.Directive(std::move(element));
      }
    }
    at_ += 2;
    after_time_ = letter == 't';
    return status;
  }

  bool PlainElement(char letter, Element* element) {
    switch (letter) {
      case 'h':
        element->content = Content::kClient;
        return true;
      case 'v':
        element->content = Content::kHost;
        return true;
      case 'e':
        element->content = Content::kUser;
        return true;
      case 'r':
        element->content = Content::kRequest;
        return true;
      case 'm':
        element->content = Content::kMethod;
        return true;
      case 'U':
        element->content = Content::kPath;
        return true;
      case 'q':
        element->content = Content::kQuery;
        return true;
      case 'H':
        element->content = Content::kProtocol;
        return true;
      case 's':
        element->content = Content::kStatus;
        return true;
      case 'b':
        element->content = Content::kBytes;
        return true;
      case '^':
        // GoAccess ignores the zone that usually follows the time of day; here it counts.
        *element = after_time_ ? TimeElement("%^", TimeForm::kZone) : *element;
        if (!after_time_) element->content = Content::kOther;
        return true;
      case 'C':
      case 'K':
      case 'k':
      case 'M':
      case 'S':
      case '~':
        element->content = Content::kOther;
        return true;
      default:
        return false;
    }
  }

  GoAccessConfig config_;
  std::string_view text_;
  std::size_t at_ = 0;
  bool after_time_ = false;
  TemplateBuilder builder_;
};

}  // namespace

Result<Template> ParseGoAccessTemplate(std::string_view text) { return Parser(ReadConfig(text)).Parse(); }

}  // namespace socklog
