// Numbers, times and lengths of time as people write them, and back.
#ifndef SOCKLOG_BASE_TEXT_H_
#define SOCKLOG_BASE_TEXT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "socklog/status.h"
#include "socklog/time.h"

namespace socklog {

// "90s", "1h30m", "1.5d", "250ms", "0": as in Go, with d and w besides. A unit is needed except for 0.
Result<Micros> ParseDuration(std::string_view text);
// The shortest of the forms ParseDuration reads: "10s", "1h30m", "1d".
std::string FormatDuration(Micros length);

// RFC 3339 with any offset and fraction ("2026-01-01T00:00:00Z"); a date alone or without zone is UTC.
Result<Micros> ParseTime(std::string_view text);
// "2026-01-01T00:00:00Z", with as many digits of fraction as are not 0.
std::string FormatTime(Micros time);
// "2026-01-01 00:00:00", for people; UTC, whole seconds.
std::string FormatTimeForPeople(Micros time);

// "20%" or "0.2": 0..1. With `bare_percent`, "20" is 20 % as well (and 0.2 is 0.2 %).
Result<double> ParseRatio(std::string_view text, bool bare_percent);

// A decimal number without sign, all of the text, underscores and thousands separators not allowed.
std::optional<std::uint64_t> ParseUnsigned(std::string_view text);
// A finite decimal number, all of the text.
std::optional<double> ParseDouble(std::string_view text);
// "1GiB", "512MB", "1048576".
Result<std::uint64_t> ParseBytes(std::string_view text);

// The shortest text that reads back as the same double; "null" is the caller's business.
std::string FormatDouble(double value);
// `value` rounded to nine significant decimal digits: scores are compared and written in this form, since log, exp and
// sqrt chains may differ in their last bits between libraries.
double Round9(double value);
// 1204331 -> "1,204,331".
std::string FormatThousands(std::uint64_t value);
// "1 line", "1,204,331 lines". `one`: a noun whose plural takes an s.
std::string FormatCount(std::uint64_t count, std::string_view one);

// The letters A to Z as a to z.
std::string LowerCase(std::string_view text);

// Days since 1970-01-01 of a date of the proleptic Gregorian calendar, and back (H. Hinnant, "chrono-Compatible
// Low-Level Date Algorithms", days_from_civil / civil_from_days). month 1..12, day 1..31.
std::int64_t DaysFromCivil(std::int64_t year, int month, int day);
struct CivilDate {
  std::int64_t year;
  int month;
  int day;
};
CivilDate CivilFromDays(std::int64_t days);
// 28..31; REQUIRES: month in 1..12
int DaysInMonth(std::int64_t year, int month);

// The candidate that is nearest to `word` by edit distance, empty when none is near enough to be meant.
std::string_view NearestWord(std::string_view word, const std::vector<std::string_view>& candidates);
// " (did you mean 'X'?)" or "".
std::string DidYouMean(std::string_view word, const std::vector<std::string_view>& candidates);

// Bytes that would harm a terminal, JSON or HTML, made printable one to one: control bytes and bytes that are not valid
// UTF-8 become \xHH, a backslash becomes \\. Appends to *out.
void AppendPrintable(std::string_view bytes, std::string* out);
// The same for text that may already be printable: backslashes stay as they are. For messages to a terminal.
void AppendTerminalSafe(std::string_view bytes, std::string* out);
// The first `head` and the last `tail` bytes of a text that is longer, cut between characters, with an ellipsis between
// them.
std::string Shorten(std::string_view text, std::size_t head, std::size_t tail);
// Bytes of the valid UTF-8 sequence that `bytes` starts with, 0 if it starts with none. REQUIRES: not empty.
// No overlong forms, surrogates or values beyond U+10FFFF; U+0080..U+009F are control characters, and count as invalid.
std::size_t Utf8Length(std::string_view bytes);

}  // namespace socklog

#endif  // SOCKLOG_BASE_TEXT_H_
