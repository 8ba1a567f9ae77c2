// A point in time as a log spells it, put together from one piece or several.
#ifndef SOCKLOG_FORMAT_CIVIL_PARTS_H_
#define SOCKLOG_FORMAT_CIVIL_PARTS_H_

#include <cstdint>
#include <limits>
#include <string_view>

#include "format/time_zone.h"
#include "socklog/time.h"

namespace socklog {

struct CivilParts {
  static constexpr int kNoOffset = std::numeric_limits<int>::min();

  std::int64_t year = -1;
  int month = -1;        // 1..12
  int day = -1;          // 1..31
  int day_of_year = -1;  // 1..366, instead of month and day
  int hour = 0;
  int minute = 0;
  int second = 0;          // 60 is a leap second and the same as 59 and one
  int half = -1;           // 0 AM, 1 PM; `hour` is then 1..12
  int offset = kNoOffset;  // seconds east of UTC; without it the zone decides
  Micros fraction = 0;     // 0..999,999
  Micros epoch = kNoTime;  // instead of all but `fraction`

  // False if a part is missing or there is no such date or time (31 February, 25 o'clock).
  bool ToTime(const TimeZone& zone, Micros* time) const;
};

// A decimal number ("1646861401.5241024", "-3", "1.5e9") times 10^exponent, the rest cut off. False if `text` is none,
// or too large.
bool ParseScaled(std::string_view text, int exponent, std::int64_t* value);

// Exactly `digits` decimal digits at `text`, or -1. REQUIRES: they are readable
inline int FixedNumber(const char* text, int digits) {
  int value = 0;
  for (int i = 0; i < digits; ++i) {
    const int digit = text[i] - '0';
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

// "Jan" .. "Dec" at `text` as 1..12, or -1. REQUIRES: three bytes are readable
int MonthFromName(const char* text);
const char* MonthName(int month);  // "Jan" of 1

// Offset in seconds of "+0200", "+02:00", "+02", "Z"; CivilParts::kNoOffset if `text` is none.
int ParseZoneOffset(std::string_view text);

}  // namespace socklog

#endif  // SOCKLOG_FORMAT_CIVIL_PARTS_H_
