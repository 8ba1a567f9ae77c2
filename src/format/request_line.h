// The first line of an HTTP request, as a log quotes it.
#ifndef SOCKLOG_FORMAT_REQUEST_LINE_H_
#define SOCKLOG_FORMAT_REQUEST_LINE_H_

#include <string_view>

namespace socklog {

// Views into the text that was parsed.
struct RequestLine {
  std::string_view method;
  std::string_view target;
  std::string_view protocol;  // empty for HTTP/0.9
};

// "GET /a b HTTP/1.1": the method up to the first blank, the protocol after the last if it begins with HTTP/, the
// target between them (it may hold blanks). Without a protocol (HTTP/0.9) the target must begin with / or *, or be an
// absolute URL: so "t3 12.1.2" is none. False, and *out untouched, for what is no request line: empty, "-", "GET ",
// binary bytes.
bool ParseRequestLine(std::string_view text, RequestLine* out);

// Whether `text` can be a method: a letter, then letters, digits and the other marks of an HTTP token.
bool IsMethod(std::string_view text);

}  // namespace socklog

#endif  // SOCKLOG_FORMAT_REQUEST_LINE_H_
