// The ways in which servers write bytes that would break a log line, done and undone.
#ifndef SOCKLOG_FORMAT_ESCAPE_H_
#define SOCKLOG_FORMAT_ESCAPE_H_

#include <string>
#include <string_view>

#include "socklog/text_buffer.h"

namespace socklog {

enum class Escape {
  kNone,    // bytes as they came (nginx escape=none)
  kApache,  // \" \\ \n \t \r \b \v, others below 0x20 and above 0x7e as \xhh
  kNginx,   // " \ and all outside 0x20..0x7e as \xHH (escape=default)
  kJson,    // as in JSON, bytes above 0x7f as they came (escape=json)
};

// Appends `text` with its escapes undone. kApache and kNginx read each other's; an escape that is none is kept as it
// stands.
void AppendUnescaped(std::string_view text, Escape escape, std::string* out);

// Appends `text` as the server would log it.
void AppendEscaped(std::string_view text, Escape escape, TextBuffer* out);

}  // namespace socklog

#endif  // SOCKLOG_FORMAT_ESCAPE_H_
