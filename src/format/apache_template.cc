// Apache's LogFormat strings, as mod_log_config, mod_logio and mod_ssl define them.
#include <algorithm>
#include <memory>

#include "format/template.h"

namespace socklog {
namespace {

// The bytes of a directive: %[!][status,...][<>][{argument}]letter
struct Directive {
  std::string_view spelled;
  std::string_view argument;
  bool has_argument = false;
  bool original = false;  // <
  bool final = false;     // >
  char letter = '\0';
};

Element Simple(const Directive& d, Content content, int rank = 0, std::string_view sample = "-") {
  Element element;
  element.content = content;
  element.text = d.spelled;
  element.rank = rank;
  element.sample = sample;
  return element;
}

// The element of a directive with `letter`, all but %t, %T. False: there is no such directive.
bool PlainElement(const Directive& d, Element* element) {
  switch (d.letter) {
    case 'a':
      *element = Simple(d, Content::kClient, d.argument == "c" ? 4 : 0);
      return true;
    case 'h':
      *element = Simple(d, Content::kClient, d.argument == "c" ? 5 : 1);
      return true;
    case 'u':
      *element = Simple(d, Content::kUser, d.original ? 1 : 0);
      return true;
    case 'r':
      *element = Simple(d, Content::kRequest);
      return true;
    case 'm':
      *element = Simple(d, Content::kMethod);
      return true;
    case 'U':
      *element = Simple(d, Content::kPath);
      return true;
    case 'q':
      *element = Simple(d, Content::kQuery);
      return true;
    case 'H':
      *element = Simple(d, Content::kProtocol);
      return true;
    case 's':
      *element = Simple(d, Content::kStatus, d.final ? 0 : 1);
      return true;
    case 'v':
      *element = Simple(d, Content::kHost, 0);
      return true;
    case 'V':
      *element = Simple(d, Content::kHost, 1);
      return true;
    case 'i':
      *element = HeaderElement(d.spelled, d.argument);
      return true;
    case 'B':
      *element = Simple(d, Content::kBytes, 0);
      return true;
    case 'b':
      *element = Simple(d, Content::kBytes, 1);
      element->dash_for_zero = true;
      return true;
    case 'O':
      *element = Simple(d, Content::kBytes, 2);
      return true;
    case 'D':
      *element = DurationElement(d.spelled, 0, 0);
      return true;
    case 'I':
    case 'S':
      *element = Simple(d, Content::kNumber, 0, "512");
      return true;
    case 'k':
      *element = Simple(d, Content::kNumber, 0, "0");
      return true;
    case 'p':
      *element = Simple(d, Content::kNumber, 0, "443");
      return true;
    case 'P':
      *element = Simple(d, Content::kOther, 0, "4711");
      return true;
    case 'X':
      *element = Simple(d, Content::kOther, 0, "+");
      return true;
    case 'A':
      *element = Simple(d, Content::kOther, 0, "127.0.0.1");
      return true;
    case 'l':
    case 'L':
    case 'f':
    case 'R':
    case 'C':
    case 'e':
    case 'n':
    case 'o':
    case 'x':
    case 'c':
      *element = Simple(d, Content::kOther);
      return true;
    default:
      return false;
  }
}

bool NeedsArgument(char letter) {
  return letter != '\0' && std::string_view("iCenoxc").find(letter) != std::string_view::npos;
}

class Parser {
 public:
  explicit Parser(const Unquoted& source) : source_(source), text_(source.text) {}

  Result<Template> Parse() {
    while (at_ < text_.size()) {
      if (text_[at_] == '\\') {
        AddEscape();
      } else if (text_[at_] != '%') {
        builder_.Literal(text_[at_++]);
      } else if (text_.substr(at_, 2) == "%%") {
        builder_.Literal('%');
        at_ += 2;
      } else if (Status status = AddDirective(); !status.ok()) {
        return status;
      }
    }
    return MergeTargets(builder_.Finish(Escape::kApache));
  }

 private:
  Status Error(std::size_t at, std::string what) const {
    return Status::Usage(std::move(what) + " at byte offset " + std::to_string(source_.OffsetOf(at)) +
                         " of the Apache format");
  }

  void AddEscape() {
    const char next = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
    std::string out;
    AppendUnescaped(text_.substr(at_, next == 'x' ? 4 : 2), Escape::kApache, &out);
    at_ += out.size() == 1 ? (next == 'x' ? 4 : 2) : 1;
    builder_.Literal(out.size() == 1 ? out : "\\");
  }

  // Reads the directive at at_ and moves behind it.
  Status Read(Directive* d) {
    const std::size_t start = at_++;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '{') {
        const std::size_t end = text_.find('}', at_);
        if (end == std::string_view::npos)
          return Error(at_, "no closing brace for '" + std::string(text_.substr(start, 12)) + "'");
        d->argument = text_.substr(at_ + 1, end - at_ - 1);
        d->has_argument = true;
        at_ = end + 1;
        continue;
      }
      if (c == '<') d->original = true;
      if (c == '>') d->final = true;
      if (c != '!' && c != ',' && c != '<' && c != '>' && (c < '0' || c > '9')) break;
      ++at_;
    }
    std::size_t size = 1;
    if (text_.substr(at_, 3) == "^ti" || text_.substr(at_, 3) == "^to") size = 3;
    d->letter = at_ < text_.size() ? text_[at_ + size - 1] : '\0';
    if (size == 3) d->letter = 'n';  // a trailer: as uninteresting as a note
    at_ = std::min(text_.size(), at_ + size);
    d->spelled = text_.substr(start, at_ - start);
    return {};
  }

  Status AddDirective() {
    const std::size_t start = at_;
    Directive d;
    if (Status status = Read(&d); !status.ok()) return status;
    if (NeedsArgument(d.letter) && !d.has_argument) {
      return Error(start, "directive '" + std::string(d.spelled) + "' needs a name in braces, as in %{Referer}i,");
    }
    if (d.letter == 't') return AddTime(d, start);
    if (d.letter == 'T') return AddDuration(d, start);
    Element element;
    if (!PlainElement(d, &element)) {
      return Error(start, "unknown directive '" + std::string(d.spelled) + "'" + Hint(d.letter));
    }
    builder_.Directive(std::move(element));
    return {};
  }

  static std::string Hint(char letter) {
    const bool goaccess = letter != '\0' && std::string_view("^dx").find(letter) != std::string_view::npos;
    return goaccess ? " (a GoAccess format begins with goaccess:)" : "";
  }

  Status AddDuration(const Directive& d, std::size_t start) {
    int exponent = 6;
    if (d.argument == "ms") exponent = 3;
    if (d.argument == "us") exponent = 0;
    if (d.has_argument && d.argument != "ms" && d.argument != "us" && d.argument != "s") {
      return Error(start, "the unit in '" + std::string(d.spelled) + "' must be ms, us or s; it stands");
    }
    builder_.Directive(DurationElement(d.spelled, exponent, 0));
    return {};
  }

  Status AddTime(const Directive& d, std::size_t start) {
    Element element = TimeElement(d.spelled, TimeForm::kClf);
    std::string_view format = d.argument;
    if (format.substr(0, 6) == "begin:") format.remove_prefix(6);
    if (format.substr(0, 4) == "end:") {
      format.remove_prefix(4);
      element.at_end = true;
    }
    if (format.empty()) {
      builder_.Literal('[');
      builder_.Directive(std::move(element));
      builder_.Literal(']');
      return {};
    }
    element.time.form = TimeForm::kEpoch;
    if (format == "sec") {
      element.time.exponent = 6;
    } else if (format == "msec") {
      element.time.exponent = 3;
    } else if (format == "usec") {
      element.time.exponent = 0;
    } else if (format == "msec_frac" || format == "usec_frac") {
      element.time.form = TimeForm::kFraction;
      element.time.exponent = format == "msec_frac" ? 3 : 6;
    } else {
      Result<TimePattern> pattern = TimePattern::Make(format);
      if (!pattern.ok()) return Error(start, pattern.status().message() + " in '" + std::string(d.spelled) + "'");
      element.time.form = TimeForm::kPattern;
      element.time.pattern = std::make_shared<TimePattern>(std::move(pattern).value());
    }
    builder_.Directive(std::move(element));
    return {};
  }

  // %U%q side by side are one target.
  static Template MergeTargets(Template made) {
    for (std::size_t i = 0; i + 1 < made.elements.size(); ++i) {
      if (made.elements[i].content != Content::kPath || made.elements[i + 1].content != Content::kQuery) continue;
      made.elements[i].content = Content::kTarget;
      made.elements[i].text += made.elements[i + 1].text;
      made.elements.erase(made.elements.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    }
    return made;
  }

  const Unquoted& source_;
  std::string_view text_;
  std::size_t at_ = 0;
  TemplateBuilder builder_;
};

// Where the quote that is open at `at` is closed, or npos.
std::size_t ClosingQuote(std::string_view text, std::size_t at) {
  for (std::size_t i = at + 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == text[at]) {
      return i;
    }
  }
  return std::string_view::npos;
}

// What httpd makes of the argument: quotes around all of it and the backslashes they need are gone, as is a LogFormat
// before and a nickname behind.
Unquoted Unquote(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  std::size_t at = begin == std::string_view::npos ? text.size() : begin;
  const bool whole_line = HasWord(text.substr(at), "logformat");
  if (whole_line) at = text.find_first_not_of(" \t", at + 9);
  std::size_t end = text.find_last_not_of(" \t\r\n") + 1;
  Unquoted out;
  if (at >= end) return out;
  const std::size_t close = text[at] == '"' || text[at] == '\'' ? ClosingQuote(text, at) : std::string_view::npos;
  const bool quoted = close != std::string_view::npos && (whole_line || close + 1 == end);
  const char quote = quoted ? text[at] : '"';
  if (quoted) {
    ++at;
    end = close;
  }
  for (std::size_t i = at; i < end; ++i) {
    const bool escaped = text[i] == '\\' && i + 1 < end && (text[i + 1] == quote || (quoted && text[i + 1] == '\\'));
    if (escaped) ++i;
    out.Add(text[i], i);
  }
  return out;
}

}  // namespace

Result<Template> ParseApacheTemplate(std::string_view text) {
  const Unquoted source = Unquote(text);
  return Parser(source).Parse();
}

}  // namespace socklog
