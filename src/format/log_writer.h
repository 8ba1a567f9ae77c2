// The kinds of LogWriter.
#ifndef SOCKLOG_FORMAT_LOG_WRITER_H_
#define SOCKLOG_FORMAT_LOG_WRITER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "format/format.h"
#include "format/json_map.h"
#include "format/template.h"
#include "format/timestamp.h"
#include "socklog/text_buffer.h"
#include "socklog/time.h"

namespace socklog {

std::unique_ptr<LogWriter> MakeTextWriter(const Template& format);
std::unique_ptr<LogWriter> MakeJsonMapWriter(const JsonMap& map);
// Puts the lines of `inner` into the member `name` of a JSON object.
std::unique_ptr<LogWriter> MakeEnvelopeWriter(std::string name, std::unique_ptr<LogWriter> inner);

void AppendNumber(std::int64_t value, TextBuffer* out);
// Microseconds in units of 10^exponent of them, with `decimals` digits after the point; cut off, not rounded.
void AppendScaled(Micros value, int exponent, int decimals, TextBuffer* out);

// Time stamps of one spelling, made once a second where no fraction of it is told, or all but the fraction.
// Thread-compatible.
class TimeText {
 public:
  explicit TimeText(TimeSpelling spelling);
  // Valid until the next call.
  std::string_view At(Micros time);

 private:
  void AppendFraction(Micros fraction);

  TimeSpelling spelling_;
  bool whole_seconds_;          // no fraction is told
  bool fraction_last_;          // spelled as FormatTime does
  Micros second_ = kNoTime;     // of text_
  std::size_t whole_size_ = 0;  // of text_ without fraction and zone
  std::string text_;
};

}  // namespace socklog

#endif  // SOCKLOG_FORMAT_LOG_WRITER_H_
