// Readers of option values: text into a member, or what is wrong with the text. Places are the caller's business.
#ifndef SOCKLOG_CONFIG_VALUES_H_
#define SOCKLOG_CONFIG_VALUES_H_

#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"
#include "socklog/options.h"
#include "socklog/status.h"
#include "socklog/time.h"

namespace socklog {

// "true" and "false".
Status ReadSwitch(std::string_view text, bool* out);

// Any text but none.
Status ReadText(std::string_view text, std::string* out);
Status AppendText(std::string_view text, std::vector<std::string>* out);

struct DurationRange {
  Micros min = 0;
  bool whole_seconds = false;
};
Status ReadDuration(std::string_view text, DurationRange range, Micros* out);

// RFC 3339.
Status ReadTime(std::string_view text, std::optional<Micros>* out);

// A finite number of at least 0, or more than 0 unless `zero_allowed`.
Status ReadNumber(std::string_view text, bool zero_allowed, double* out);

// A whole number in min .. max.
Status ReadWhole(std::string_view text, std::uint64_t min, std::uint64_t max, std::uint64_t* out);
template <typename Integer>
Status ReadCount(std::string_view text, std::uint64_t min, std::uint64_t max, Integer* out) {
  std::uint64_t value = 0;
  Status status = ReadWhole(text, min, max, &value);
  if (status.ok()) *out = static_cast<Integer>(value);
  return status;
}

// 0..1; `bare_percent`: "20" means 20 %.
Status ReadShare(std::string_view text, bool bare_percent, double* out);

// `choices`: as in the row, "auto|json|text".
Status ReadChoice(std::string_view text, std::string_view choices, std::size_t* index);
template <typename Enum>
Status ReadChoice(std::string_view text, std::string_view choices, Enum* out) {
  std::size_t index = 0;
  Status status = ReadChoice(text, choices, &index);
  if (status.ok()) *out = static_cast<Enum>(index);
  return status;
}

// "NAME=VALUE".
Status SplitNameValue(std::string_view text, std::string* name, std::string_view* value);
// The parts between separators; blanks around them are cut off. Empty parts are kept.
std::vector<std::string_view> SplitList(std::string_view text, char separator);

// "400-599,404"; replaces *out. Each status is in 100..599.
Status ReadStatusRanges(std::string_view text, std::vector<StatusRange>* out);
std::string FormatStatusRanges(const std::vector<StatusRange>& ranges);

// "user" or "client" (the choices given), or "header:NAME".
Status ReadKeySource(std::string_view text, std::string_view choices, std::string* out);

// [A-Za-z_][A-Za-z0-9_]*
bool IsIdentifier(std::string_view text);

// Known metric, else the error names the nearest.
Status CheckMetricName(std::string_view name);
// A threshold that the metric can have: a ratio's is 0..1 ("20%" too), others are 0 or more. REQUIRES: the metric is
// known
Status ReadThreshold(std::string_view metric, std::string_view text, double* out);

// "'text' is not ..."
Status NotA(std::string_view text, std::string_view what);

}  // namespace socklog

#endif  // SOCKLOG_CONFIG_VALUES_H_
