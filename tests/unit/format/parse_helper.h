// Parses lines given inline; shared by the tests of the formats.
#ifndef SOCKLOG_TESTS_UNIT_FORMAT_PARSE_HELPER_H_
#define SOCKLOG_TESTS_UNIT_FORMAT_PARSE_HELPER_H_

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "format/format.h"
#include "support/catch.h"
#include "support/parse_all.h"

namespace socklog {

inline constexpr std::uint32_t kAllButHeaders = kFieldTime | kFieldStatus | kFieldTarget | kFieldHost | kFieldClient |
                                                kFieldUser | kFieldAgent | kFieldReferer | kFieldBytes | kFieldProtocol;

inline Block MakeBlock(const std::vector<std::string>& lines) {
  Block block;
  for (const std::string& line : lines) {
    block.text.Append(line);
    block.text.Append("\n");
  }
  return block;
}

inline FormatRequest MakeRequest(std::string_view format, std::uint32_t fields = kAllButHeaders) {
  FormatRequest request;
  request.options.log_format = format;
  request.fields = fields;
  return request;
}

// A format and one parser of it.
class Parsed {
 public:
  explicit Parsed(const FormatRequest& request) {
    auto made = MakeLogFormat(request);
    INFO((made.ok() ? "" : made.status().message()));
    REQUIRE(made.ok());
    format_ = std::move(made).value();
    parser_ = format_->NewParser();
  }
  explicit Parsed(std::string_view format) : Parsed(MakeRequest(format)) {}

  // All batches of the lines as one.
  const LogBatch& Lines(const std::vector<std::string>& lines) {
    block_ = MakeBlock(lines);
    batch_ = ParseAll(*parser_, block_);
    return batch_;
  }
  // The entry of one line, which must be well-formed.
  const LogEntry& Line(const std::string& line) {
    Lines({line});
    INFO("line: " << line);
    INFO("reason: " << (batch_.malformed.empty() ? "" : batch_.malformed[0].reason));
    REQUIRE(batch_.entries.size() == 1);
    return batch_.entries[0];
  }
  // Why one line is malformed, which it must be.
  std::string Reason(const std::string& line) {
    Lines({line});
    INFO("line: " << line);
    REQUIRE(batch_.malformed.size() == 1);
    return batch_.malformed[0].reason;
  }
  const LogBatch& batch() const { return batch_; }
  // How many lines of the batch took the slow path.
  std::uint64_t slow_path() const {
    return static_cast<std::uint64_t>(std::count_if(batch_.entries.begin(), batch_.entries.end(),
                                                    [](const LogEntry& entry) { return entry.slow_path; }));
  }
  LogParser& parser() { return *parser_; }

 private:
  std::unique_ptr<LogFormat> format_;
  std::unique_ptr<LogParser> parser_;
  Block block_;
  LogBatch batch_;
};

}  // namespace socklog

#endif  // SOCKLOG_TESTS_UNIT_FORMAT_PARSE_HELPER_H_
