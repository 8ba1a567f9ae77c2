// The part of text.h that deals with time.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "base/text.h"

namespace socklog {
namespace {

struct Unit {
  std::string_view name;
  Micros length;
};
constexpr std::array<Unit, 8> kUnits = {{{"w", 7 * kDay},
                                         {"d", kDay},
                                         {"h", kHour},
                                         {"m", kMinute},
                                         {"s", kSecond},
                                         {"ms", kMillisecond},
                                         {"us", 1},
                                         {"\u00b5s", 1}}};

Status NotADuration(std::string_view text) {
  return Status::Usage("'" + std::string(text) + "' is not a length of time: write 10s, 5m, 1h30m or 1d");
}

Status NotATime(std::string_view text) {
  return Status::Usage("'" + std::string(text) + "' is not a time: write 2026-01-31T12:00:00Z (RFC 3339)");
}

// Takes exactly `digits` digits off *text; -1 if they are not there.
int TakeNumber(std::string_view* text, std::size_t digits) {
  if (text->size() < digits) return -1;
  int value = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    const char c = (*text)[i];
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  text->remove_prefix(digits);
  return value;
}

bool TakeChar(std::string_view* text, std::string_view any_of) {
  if (text->empty() || any_of.find(text->front()) == std::string_view::npos) return false;
  text->remove_prefix(1);
  return true;
}

// ".25" -> 250,000; digits beyond microseconds are cut off. False if there is a point and no digit.
bool TakeFraction(std::string_view* text, Micros* micros) {
  *micros = 0;
  if (!TakeChar(text, ".,")) return true;
  Micros scale = 100'000;
  bool any = false;
  while (!text->empty() && text->front() >= '0' && text->front() <= '9') {
    *micros += scale * (text->front() - '0');
    scale /= 10;
    text->remove_prefix(1);
    any = true;
  }
  return any;
}

// "Z", "+02:00", "-0130" or nothing (UTC).
bool TakeOffset(std::string_view* text, Micros* offset) {
  *offset = 0;
  if (text->empty() || TakeChar(text, "Zz")) return true;
  const bool negative = text->front() == '-';
  if (!TakeChar(text, "+-")) return false;
  const int hours = TakeNumber(text, 2);
  TakeChar(text, ":");
  const int minutes = TakeNumber(text, 2);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return false;
  *offset = (hours * kHour + minutes * kMinute) * (negative ? -1 : 1);
  return true;
}

}  // namespace

Result<Micros> ParseDuration(std::string_view text) {
  if (text == "0") return Micros{0};
  std::string_view rest = text;
  double total = 0;
  while (!rest.empty()) {
    const std::size_t digits = std::min(rest.find_first_not_of("0123456789."), rest.size());
    const std::optional<double> number = ParseDouble(rest.substr(0, digits));
    rest.remove_prefix(digits);
    const std::size_t letters = std::min(rest.find_first_of("0123456789."), rest.size());
    const std::string_view name = rest.substr(0, letters);
    rest.remove_prefix(letters);
    const Unit* found = nullptr;
    for (const Unit& unit : kUnits) {
      if (unit.name == name) found = &unit;
    }
    if (!number || !found) return NotADuration(text);
    total += *number * static_cast<double>(found->length);
  }
  if (text.empty()) return NotADuration(text);
  if (total > 1e15) return Status::Usage("'" + std::string(text) + "' is longer than 30 years");
  return static_cast<Micros>(std::llround(total));
}

std::string FormatDuration(Micros length) {
  if (length == 0) return "0s";
  if (length < 0) return "-" + FormatDuration(-length);
  std::string text;
  for (const Unit& unit : kUnits) {
    if (unit.name == "w" || length < unit.length) continue;
    text += std::to_string(length / unit.length);
    text += unit.name;
    length %= unit.length;
    if (length == 0) break;
  }
  return text;
}

Result<Micros> ParseTime(std::string_view text) {
  std::string_view rest = text;
  const int year = TakeNumber(&rest, 4);
  if (year < 0 || !TakeChar(&rest, "-")) return NotATime(text);
  const int month = TakeNumber(&rest, 2);
  if (month < 1 || month > 12 || !TakeChar(&rest, "-")) return NotATime(text);
  const int day = TakeNumber(&rest, 2);
  if (day < 1 || day > DaysInMonth(year, month)) return NotATime(text);
  Micros time = DaysFromCivil(year, month, day) * kDay;
  if (rest.empty()) return time;
  if (!TakeChar(&rest, "Tt ")) return NotATime(text);
  const int hour = TakeNumber(&rest, 2);
  if (hour < 0 || hour > 23 || !TakeChar(&rest, ":")) return NotATime(text);
  const int minute = TakeNumber(&rest, 2);
  if (minute < 0 || minute > 59 || !TakeChar(&rest, ":")) return NotATime(text);
  const int second = TakeNumber(&rest, 2);
  Micros fraction = 0;
  Micros offset = 0;
  if (second < 0 || second > 60 || !TakeFraction(&rest, &fraction) || !TakeOffset(&rest, &offset) || !rest.empty())
    return NotATime(text);
  return time + hour * kHour + minute * kMinute + second * kSecond + fraction - offset;
}

namespace {

std::string FormatCivil(Micros time, char separator) {
  Micros day = time / kDay;
  Micros rest = time % kDay;
  if (rest < 0) {
    rest += kDay;
    --day;
  }
  const CivilDate date = CivilFromDays(day);
  std::array<char, 64> buffer;
  const int size =
      std::snprintf(buffer.data(), buffer.size(), "%04lld-%02d-%02d%c%02d:%02d:%02d", static_cast<long long>(date.year),
                    date.month, date.day, separator, static_cast<int>(rest / kHour),
                    static_cast<int>(rest / kMinute % 60), static_cast<int>(rest / kSecond % 60));
  return std::string(buffer.data(), static_cast<std::size_t>(size));
}

}  // namespace

std::string FormatTime(Micros time) {
  std::string text = FormatCivil(time, 'T');
  Micros fraction = time % kSecond;
  if (fraction < 0) fraction += kSecond;
  if (fraction != 0) {
    std::string digits = std::to_string(kSecond + fraction).substr(1);
    digits.erase(digits.find_last_not_of('0') + 1);
    text += '.' + digits;
  }
  return text + 'Z';
}

std::string FormatTimeForPeople(Micros time) { return FormatCivil(time, ' '); }

std::int64_t DaysFromCivil(std::int64_t year, int month, int day) {
  year -= month <= 2 ? 1 : 0;
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const std::int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

CivilDate CivilFromDays(std::int64_t days) {
  days += 719468;
  const std::int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  const std::int64_t day_of_era = days - era * 146097;
  const std::int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t shifted_month = (5 * day_of_year + 2) / 153;
  const int day = static_cast<int>(day_of_year - (153 * shifted_month + 2) / 5 + 1);
  const int month = static_cast<int>(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month, day};
}

int DaysInMonth(std::int64_t year, int month) {
  static constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : kDays[static_cast<std::size_t>(month - 1)];
}

}  // namespace socklog
