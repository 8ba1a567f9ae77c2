#include "format/civil_parts.h"

#include <cmath>

#include "base/text.h"

namespace socklog {
namespace {

constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// The slow way of ParseScaled, for numbers with an exponent.
bool ParseScaledDouble(std::string_view text, int exponent, std::int64_t* value) {
  const auto number = ParseDouble(text);
  if (!number) return false;
  const double scaled = *number * std::pow(10.0, exponent);
  if (!(std::fabs(scaled) < 9e18)) return false;
  *value = static_cast<std::int64_t>(scaled);
  return true;
}

}  // namespace

int MonthFromName(const char* text) {
  for (int month = 0; month < 12; ++month) {
    const char* name = kMonths[month];
    if (text[0] == name[0] && text[1] == name[1] && text[2] == name[2]) return month + 1;
  }
  return -1;
}

const char* MonthName(int month) { return kMonths[month - 1]; }

int ParseZoneOffset(std::string_view text) {
  if (text == "Z" || text == "z") return 0;
  if (text.size() < 3 || (text[0] != '+' && text[0] != '-')) return CivilParts::kNoOffset;
  const bool colon = text.size() == 6 && text[3] == ':';
  if (text.size() != 3 && text.size() != 5 && !colon) return CivilParts::kNoOffset;
  const int hours = FixedNumber(text.data() + 1, 2);
  const int minutes = text.size() == 3 ? 0 : FixedNumber(text.data() + (colon ? 4 : 3), 2);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return CivilParts::kNoOffset;
  return (text[0] == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
}

bool ParseScaled(std::string_view text, int exponent, std::int64_t* value) {
  std::size_t at = 0;
  const bool negative = !text.empty() && text[0] == '-';
  if (negative) ++at;
  if (at == text.size() || !IsDigit(text[at])) return false;
  std::int64_t number = 0;
  int digits = 0;
  for (; at < text.size() && IsDigit(text[at]); ++at, ++digits) {
    if (digits == 18) return false;
    number = number * 10 + (text[at] - '0');
  }
  int missing = exponent;  // powers of ten still to be multiplied
  if (at < text.size() && text[at] == '.') {
    for (++at; at < text.size() && IsDigit(text[at]); ++at) {
      if (missing <= 0 || digits == 18) continue;  // finer than one unit
      number = number * 10 + (text[at] - '0');
      ++digits;
      --missing;
    }
  }
  if (at < text.size()) return ParseScaledDouble(text, exponent, value);
  for (; missing > 0; --missing) {
    if (number > 900'000'000'000'000'000) return false;
    number *= 10;
  }
  for (; missing < 0; ++missing) number /= 10;
  *value = negative ? -number : number;
  return true;
}

bool CivilParts::ToTime(const TimeZone& zone, Micros* time) const {
  if (epoch != kNoTime) {
    *time = IsLogTime(epoch) ? epoch + fraction : kNoTime;
    return IsLogTime(*time);
  }
  if (year < 0) return false;
  std::int64_t days = 0;
  if (day_of_year > 0) {
    if (day_of_year > (DaysInMonth(year, 2) == 29 ? 366 : 365)) return false;
    days = DaysFromCivil(year, 1, 1) + day_of_year - 1;
  } else {
    if (month < 1 || month > 12 || day < 1 || day > DaysInMonth(year, month)) return false;
    days = DaysFromCivil(year, month, day);
  }
  int hours = hour;
  if (half >= 0) {
    if (hours < 1 || hours > 12) return false;
    hours = hours % 12 + 12 * half;
  }
  if (hours < 0 || hours > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return false;
  const std::int64_t local = days * 86400 + hours * 3600 + minute * 60 + second;
  const std::int64_t seconds = offset != kNoOffset ? local - offset : zone.ToUtc(local);
  *time = seconds * kSecond + fraction;
  return IsLogTime(*time);
}

}  // namespace socklog
