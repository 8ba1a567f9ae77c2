#include "config/values.h"

#include <algorithm>
#include <cmath>

#include "metrics/registry.h"
#include "socklog/metric.h"

namespace socklog {
namespace {

std::string Quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

bool ReadStatusCode(std::string_view text, int* out) {
  const std::optional<std::uint64_t> code = ParseUnsigned(text);
  if (!code || *code < 100 || *code > 599) return false;
  *out = static_cast<int>(*code);
  return true;
}

}  // namespace

Status NotA(std::string_view text, std::string_view what) {
  return Status::Usage(Quoted(text) + " is not " + std::string(what));
}

Status ReadSwitch(std::string_view text, bool* out) {
  if (text != "true" && text != "false") return NotA(text, "true or false");
  *out = text == "true";
  return {};
}

Status ReadText(std::string_view text, std::string* out) {
  if (text.empty()) return Status::Usage("the value is empty");
  if (text.find('\0') != std::string_view::npos) return Status::Usage("the value has a NUL byte in it");
  *out = text;
  return {};
}

Status AppendText(std::string_view text, std::vector<std::string>* out) {
  std::string value;
  Status status = ReadText(text, &value);
  if (status.ok()) out->push_back(std::move(value));
  return status;
}

Status ReadDuration(std::string_view text, DurationRange range, Micros* out) {
  Result<Micros> length = ParseDuration(text);
  if (!length.ok()) return length.status();
  if (*length < range.min) {
    return Status::Usage(Quoted(text) + (range.min <= 1 ? " is too short: it must be more than 0"
                                                        : " is too short: the least is " + FormatDuration(range.min)));
  }
  if (range.whole_seconds && *length % kSecond != 0) return NotA(text, "a number of whole seconds");
  *out = *length;
  return {};
}

Status ReadTime(std::string_view text, std::optional<Micros>* out) {
  Result<Micros> time = ParseTime(text);
  if (!time.ok()) return time.status();
  *out = *time;
  return {};
}

Status ReadNumber(std::string_view text, bool zero_allowed, double* out) {
  const std::optional<double> value = ParseDouble(text);
  if (!value) return NotA(text, "a number");
  if (zero_allowed ? *value < 0 : *value <= 0) {
    return Status::Usage(Quoted(text) + (zero_allowed ? " is negative" : " must be more than 0"));
  }
  *out = *value;
  return {};
}

Status ReadWhole(std::string_view text, std::uint64_t min, std::uint64_t max, std::uint64_t* out) {
  const std::optional<std::uint64_t> value = ParseUnsigned(text);
  const bool negative = text.substr(0, 1) == "-" && ParseUnsigned(text.substr(1));
  if (!value && !negative) return NotA(text, "a whole number");
  if (negative || *value < min || *value > max) {
    const std::string range = max == kUnlimited ? "at least " + std::to_string(min)
                                                : "from " + std::to_string(min) + " to " + std::to_string(max);
    return Status::Usage(Quoted(text) + " is out of range: it must be " + range);
  }
  *out = *value;
  return {};
}

Status ReadShare(std::string_view text, bool bare_percent, double* out) {
  Result<double> share = ParseRatio(text, bare_percent);
  if (!share.ok()) return share.status();
  *out = *share;
  return {};
}

Status ReadChoice(std::string_view text, std::string_view choices, std::size_t* index) {
  const std::vector<std::string_view> words = SplitList(choices, '|');
  const auto found = std::find(words.begin(), words.end(), text);
  if (found != words.end()) {
    *index = static_cast<std::size_t>(found - words.begin());
    return {};
  }
  std::string list;
  for (std::size_t i = 0; i < words.size(); ++i) {
    list += (i == 0 ? "" : i + 1 == words.size() ? " or " : ", ") + std::string(words[i]);
  }
  return Status::Usage(Quoted(text) + " is not " + list + DidYouMean(text, words));
}

Status SplitNameValue(std::string_view text, std::string* name, std::string_view* value) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0) return NotA(text, "of the form NAME=VALUE");
  *name = text.substr(0, equals);
  *value = text.substr(equals + 1);
  return {};
}

std::vector<std::string_view> SplitList(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = std::min(text.find(separator), text.size());
    std::string_view part = text.substr(0, end);
    while (!part.empty() && part.front() == ' ') part.remove_prefix(1);
    while (!part.empty() && part.back() == ' ') part.remove_suffix(1);
    parts.push_back(part);
    if (end == text.size()) return parts;
    text.remove_prefix(end + 1);
  }
}

Status ReadStatusRanges(std::string_view text, std::vector<StatusRange>* out) {
  std::vector<StatusRange> ranges;
  for (const std::string_view part : SplitList(text, ',')) {
    const std::size_t dash = part.find('-');
    StatusRange range;
    const bool ok = ReadStatusCode(part.substr(0, dash), &range.first) &&
                    ReadStatusCode(dash == std::string_view::npos ? part : part.substr(dash + 1), &range.last);
    if (!ok || range.first > range.last)
      return NotA(part, "a status or a range of them in 100 to 599, such as 400-599");
    ranges.push_back(range);
  }
  *out = std::move(ranges);
  return {};
}

std::string FormatStatusRanges(const std::vector<StatusRange>& ranges) {
  std::string text;
  for (const StatusRange& range : ranges) {
    if (!text.empty()) text += ',';
    text += std::to_string(range.first);
    if (range.last != range.first) text += '-' + std::to_string(range.last);
  }
  return text;
}

Status ReadKeySource(std::string_view text, std::string_view choices, std::string* out) {
  if (text.starts_with(kHeaderSource)) {
    const std::string_view name = text.substr(kHeaderSource.size());
    const bool token = std::all_of(name.begin(), name.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
    if (name.empty() || !token) return NotA(text, "header: and the name of a header, such as header:X-User");
    *out = text;
    return {};
  }
  std::size_t index = 0;
  const Status status = ReadChoice(text, choices, &index);
  if (!status.ok()) return Status::Usage(status.message() + "; header:NAME is possible, too");
  *out = text;
  return {};
}

bool IsIdentifier(std::string_view text) {
  if (text.empty() || (text[0] >= '0' && text[0] <= '9')) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

Status CheckMetricName(std::string_view name) {
  if (FindMetric(name) != nullptr) return {};
  return Status::Usage("unknown metric '" + std::string(name) + "'" + DidYouMean(name, MetricNames()));
}

Status ReadThreshold(std::string_view metric, std::string_view text, double* out) {
  if (FindMetric(metric)->kind == MetricKind::kRatio) {
    Status status = ReadShare(text, false, out);
    if (!status.ok()) return Status::Usage(status.message() + "; " + std::string(metric) + " is a ratio");
    return status;
  }
  return ReadNumber(text, true, out);
}

}  // namespace socklog
