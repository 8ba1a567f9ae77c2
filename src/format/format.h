// Log formats: parsed and written by the same definition.
//
// A format is named (combined), pasted (an Apache LogFormat or an nginx log_format string, verbatim), a JSON field map,
// or the user's own RE2 expression. docs/log-formats.md is the manual.
#ifndef SOCKLOG_FORMAT_FORMAT_H_
#define SOCKLOG_FORMAT_FORMAT_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "socklog/log_entry.h"
#include "socklog/options.h"
#include "socklog/status.h"

namespace socklog {

// What a reader of lines needs.
struct FormatRequest {
  FormatOptions options;
  std::uint32_t fields =
      kFieldTime;  // FieldMask bits; a format that cannot give one that is a must is an error (see MakeLogFormat)
  std::string user_header;    // for kFieldUserHeader, e.g. "X-User"
  std::string client_header;  // for kFieldClientHeader, e.g. "X-Forwarded-For"
};

// Parses the lines of one partition. Holds the choice that auto-detection made. Thread-compatible; several parsers of
// one LogFormat may run at the same time.
class LogParser {
 public:
  virtual ~LogParser() = default;

  // Parses up to LogBatch::kMaxLines lines from *cursor on and moves it behind them; the block is done when it is at
  // the end of the text. Replaces entries and malformed, and adds to decoded: call batch->clear() before the first
  // batch of a block. Each line lands in entries or in malformed; never fails. Trailing '\r' and blanks do not belong
  // to a line. An empty line is malformed.
  virtual void Parse(const Block& block, BlockCursor* cursor, LogBatch* batch) = 0;

  // The name of the format in use ("combined", or the pasted string); empty while auto-detection has seen no line that
  // fits.
  virtual std::string_view chosen() const = 0;

  // Goes on with a choice that an earlier run made (the text that chosen() gave). Error: not a choice of this format.
  virtual Status Restore(std::string_view chosen) = 0;
};

// An immutable description from which parsers are made; outlives them. Thread-safe.
class LogFormat {
 public:
  virtual ~LogFormat() = default;
  virtual std::unique_ptr<LogParser> NewParser() const = 0;
};

// Errors (kUsage): unknown name with the nearest known one, a directive at its byte, a format without a time stamp or
// without a field that was asked for (time and status are musts; others are simply absent from the entries, except
// kFieldDuration, kFieldUserHeader and kFieldClientHeader, which were asked for by name).
Result<std::unique_ptr<LogFormat>> MakeLogFormat(const FormatRequest& request);

// One request as `generate` makes it, to be written in any format. Views must live through the call.
struct WrittenRequest {
  Micros time = 0;  // the request's start
  Micros duration = 0;
  std::int64_t bytes = 0;
  int status = 200;
  std::string_view client, user, method, target, protocol, host, referer, agent;  // empty user, referer, agent: "-"
  // A promise of the maker: all text is printable ASCII without `"` and `\`, which no format escapes.
  bool plain = false;
};

// Writes lines of one format. Thread-compatible.
class LogWriter {
 public:
  virtual ~LogWriter() = default;
  // Appends one line and '\n' to *out, escaped as the server of that format escapes.
  virtual void Write(const WrittenRequest& request, std::string* out) = 0;
};

// The default format of a writer ("auto") is combined. Errors (kUsage): as MakeLogFormat; a regex: format cannot be
// written.
Result<std::unique_ptr<LogWriter>> MakeLogWriter(const FormatOptions& options);

// Names that --log-format takes, for completions, check-config and "did you mean": most specific first.
const std::vector<std::string_view>& FormatNames();

}  // namespace socklog

#endif  // SOCKLOG_FORMAT_FORMAT_H_
