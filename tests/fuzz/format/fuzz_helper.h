// What the fuzzers of the module share. A broken promise aborts.
#ifndef SOCKLOG_TESTS_FUZZ_FORMAT_FUZZ_HELPER_H_
#define SOCKLOG_TESTS_FUZZ_FORMAT_FUZZ_HELPER_H_

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "format/format.h"
#include "support/parse_all.h"

namespace socklog {

inline constexpr std::uint32_t kEveryField = kFieldTime | kFieldStatus | kFieldTarget | kFieldHost | kFieldClient |
                                             kFieldUser | kFieldAgent | kFieldReferer | kFieldBytes | kFieldProtocol;

inline void Require(bool promise) {
  if (!promise) std::abort();
}

// Whole lines; the last one need not have its newline.
inline Block BlockOf(std::string_view text) {
  Block block;
  block.text.Append(text);
  if (!text.empty() && text.back() != '\n') block.text.Append("\n");
  return block;
}

inline FormatRequest RequestFor(std::string_view format, std::uint32_t fields) {
  FormatRequest request;
  request.options.log_format = format;
  request.fields = fields;
  return request;
}

// Reads every byte that the entry shows, for AddressSanitizer.
inline std::size_t SumOf(const LogEntry& entry) {
  std::size_t sum = 0;
  for (const std::string_view text :
       {entry.method, entry.target, entry.protocol, entry.host, entry.client, entry.user, entry.agent, entry.referer}) {
    for (const char c : text) sum += static_cast<unsigned char>(c);
  }
  return sum;
}

// One format, made for all fields and for the time alone.
struct FormatPair {
  std::unique_ptr<LogFormat> every, least;
};

// REQUIRES: `format` is valid
inline FormatPair MakePair(std::string_view format) {
  auto every = MakeLogFormat(RequestFor(format, kEveryField));
  auto least = MakeLogFormat(RequestFor(format, kFieldTime));
  Require(every.ok() && least.ok());
  return {std::move(every).value(), std::move(least).value()};
}

// Parses `text` with all fields, and with the time alone: each line is in one of the two vectors, in order. With
// `same_lines`, the same lines are well-formed with the same times and statuses (of JSON only what is needed is
// checked).
inline void CheckParse(const FormatPair& formats, std::string_view text, bool same_lines) {
  const Block block = BlockOf(text);
  const LogBatch all = ParseAll(*formats.every->NewParser(), block);
  const LogBatch few = ParseAll(*formats.least->NewParser(), block);
  const std::string_view lines = block.text.view();
  const auto count = static_cast<std::size_t>(std::count(lines.begin(), lines.end(), '\n'));
  Require(all.entries.size() + all.malformed.size() == count);
  Require(all.entries.size() == few.entries.size() || !same_lines);
  volatile std::size_t sum = 0;
  for (std::size_t i = 0; i < all.entries.size(); ++i) {
    const LogEntry& entry = all.entries[i];
    sum = sum + SumOf(entry);
    Require(entry.line < count);
    if (same_lines) {
      Require(entry.line == few.entries[i].line && entry.time == few.entries[i].time &&
              entry.status == few.entries[i].status);
    }
    Require(entry.status == 0 || (entry.status >= 100 && entry.status <= 599));
    Require(entry.request_valid || entry.target.empty());
    Require(i == 0 || all.entries[i - 1].line < entry.line);
  }
  for (const MalformedLine& line : all.malformed) Require(line.reason != nullptr && line.reason[0] != '\0');
}

// For fuzzers of lines: the input's first byte picks one of `formats`, the rest is the text.
inline void CheckPicked(const std::vector<FormatPair>& formats, const std::uint8_t* data, std::size_t size,
                        bool same_lines) {
  if (size == 0) return;
  CheckParse(formats[data[0] % formats.size()], std::string_view(reinterpret_cast<const char*>(data) + 1, size - 1),
             same_lines);
}

}  // namespace socklog

#endif  // SOCKLOG_TESTS_FUZZ_FORMAT_FUZZ_HELPER_H_
