// The rule of a POSIX TZ string ("CET-1CEST,M3.5.0,M10.5.0/3"), with which a time zone file says what holds after its
// last entry.
#ifndef SOCKLOG_FORMAT_POSIX_ZONE_H_
#define SOCKLOG_FORMAT_POSIX_ZONE_H_

#include <cstdint>
#include <string_view>

namespace socklog {

class PosixZone {
 public:
  // False if `text` is no such rule; the zone is then UTC.
  bool Parse(std::string_view text);
  // Seconds east of UTC at a time.
  std::int32_t OffsetAt(std::int64_t utc) const;

  // A day of every year and a local time on it.
  struct Change {
    enum class Kind { kMonthWeekDay, kJulian, kZeroBased } kind = Kind::kMonthWeekDay;
    int month = 1, week = 1, day = 0;
    std::int32_t time = 7200;
  };

 private:
  std::int32_t standard_ = 0;
  std::int32_t summer_ = 0;
  bool has_summer_ = false;
  Change start_, end_;
};

}  // namespace socklog

#endif  // SOCKLOG_FORMAT_POSIX_ZONE_H_
