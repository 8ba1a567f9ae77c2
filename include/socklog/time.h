// Event time: one integer type for points in time and lengths of time.
#ifndef SOCKLOG_TIME_H_
#define SOCKLOG_TIME_H_

#include <cstdint>
#include <limits>

namespace socklog {

// Microseconds: since 1970-01-01T00:00:00Z for a point in time (may be negative), or a length of time.
// The range is +-292,000 years, so no time stamp a log can hold overflows sums of a few of them.
using Micros = std::int64_t;

inline constexpr Micros kMillisecond = 1'000;
inline constexpr Micros kSecond = 1'000'000;
inline constexpr Micros kMinute = 60 * kSecond;
inline constexpr Micros kHour = 60 * kMinute;
inline constexpr Micros kDay = 24 * kHour;

// "No time": before every time. A partition's maximum before its first line.
inline constexpr Micros kNoTime = std::numeric_limits<Micros>::min();

// The times a line may have: from the year 1 up to, but not in, the year 9999. So the ends of windows are times that
// RFC 3339 can write, too.
inline constexpr Micros kFirstTime = std::int64_t{-62'135'596'800} * kSecond;
inline constexpr Micros kEndOfTime = std::int64_t{253'370'764'800} * kSecond;
constexpr bool IsLogTime(Micros time) { return time >= kFirstTime && time < kEndOfTime; }

// The clock of the wall, injected so that tests turn it by hand. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  // Microseconds since the epoch; of log time of `generate`, progress, the ages of files and certificates; never of
  // windows.
  virtual Micros Now() const = 0;
  // Microseconds of a clock that never jumps; used for idle times, pacing and time-outs.
  virtual Micros Monotonic() const = 0;
};

}  // namespace socklog

#endif  // SOCKLOG_TIME_H_
