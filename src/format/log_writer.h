// The kinds of LogWriter.
#ifndef SOCKLOG_FORMAT_LOG_WRITER_H_
#define SOCKLOG_FORMAT_LOG_WRITER_H_

#include <cstdint>
#include <memory>
#include <string>

#include "format/format.h"
#include "format/json_map.h"
#include "format/template.h"

namespace socklog {

std::unique_ptr<LogWriter> MakeTextWriter(Template format);
std::unique_ptr<LogWriter> MakeJsonMapWriter(const JsonMap& map);
// Puts the lines of `inner` into the member `name` of a JSON object.
std::unique_ptr<LogWriter> MakeEnvelopeWriter(std::string name, std::unique_ptr<LogWriter> inner);

void AppendNumber(std::int64_t value, std::string* out);
// Microseconds in units of 10^exponent of them, with `decimals` digits after the point; cut off, not rounded.
void AppendScaled(Micros value, int exponent, int decimals, std::string* out);

}  // namespace socklog

#endif  // SOCKLOG_FORMAT_LOG_WRITER_H_
