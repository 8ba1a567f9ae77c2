// A pasted format string taken apart: literal text and directives, whatever the dialect it was written in.
#ifndef SOCKLOG_FORMAT_TEMPLATE_H_
#define SOCKLOG_FORMAT_TEMPLATE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "format/escape.h"
#include "format/timestamp.h"
#include "socklog/status.h"

namespace socklog {

// What a directive's value tells.
enum class Content : std::uint8_t {
  kLiteral,
  kOther,   // text of no interest here
  kNumber,  // a number of no interest
  kTime,
  kStatus,
  kRequest,
  kMethod,
  kTarget,  // path and query
  kPath,
  kQuery,
  kProtocol,
  kHost,
  kClient,
  kUser,
  kHeader,  // a request header, `name`
  kBytes,
  kDuration,
};

struct Element {
  Content content = Content::kLiteral;
  std::string text;            // the literal itself, or the directive as it was spelled
  std::string name;            // kHeader: in lower case ("x-forwarded-for")
  std::string sample = "-";    // kOther, kNumber: what a writer puts there
  int rank = 0;                // of several that tell the same, the one with the lowest rank is read
  bool at_end = false;         // kTime: of the request's end, not of its start
  TimeSpelling time;           // kTime
  int exponent = 0;            // kDuration: as FieldRule::exponent
  int decimals = 0;            // kDuration: digits after the point, when written
  bool dash_for_zero = false;  // kBytes: 0 is written "-"
};

struct Template {
  std::vector<Element> elements;
  Escape escape = Escape::kApache;
  bool stamps_end = false;  // the server stamps a request's end, whatever the element says
};

// The dialects. `text` is what stood in the server's configuration, with or without its quotes, and for the first two
// also the whole LogFormat or log_format line. Errors (kUsage) name the directive and its offset in bytes.
Result<Template> ParseApacheTemplate(std::string_view text);
Result<Template> ParseNginxTemplate(std::string_view text);
Result<Template> ParseGoAccessTemplate(std::string_view text);

// Text of a configuration file without its quotes, and where each byte stood.
struct Unquoted {
  std::string text;
  std::vector<std::size_t> offsets;

  void Add(char c, std::size_t offset) {
    text.push_back(c);
    offsets.push_back(offset);
  }
  std::size_t OffsetOf(std::size_t i) const {
    return i < offsets.size() ? offsets[i] : offsets.empty() ? 0 : offsets.back() + 1;
  }
};

// Collects elements; literals that follow each other become one.
class TemplateBuilder {
 public:
  void Literal(char c);
  void Literal(std::string_view text);
  void Directive(Element element);
  // Cuts blanks off the end (a line's are cut off too).
  Template Finish(Escape escape);

 private:
  std::vector<Element> elements_;
};

// Helpers of the dialects.
Element TimeElement(std::string_view spelled, TimeForm form);
Element HeaderElement(std::string_view spelled, std::string_view name);  // any case, - or _
Element DurationElement(std::string_view spelled, int exponent, int decimals);
std::string HeaderName(std::string_view text);               // lower case, _ as -
bool HasWord(std::string_view text, std::string_view word);  // begins with `word` and a blank, in any case

}  // namespace socklog

#endif  // SOCKLOG_FORMAT_TEMPLATE_H_
