// When each request happens: at exactly the rate that was asked for, in even steps, without drift.
#ifndef SOCKLOG_GENERATE_SCHEDULE_H_
#define SOCKLOG_GENERATE_SCHEDULE_H_

#include <array>
#include <cstdint>

#include "socklog/time.h"

namespace socklog {

// Rates are exact to a millionth of a line per second.
inline constexpr double kMinRate = 1e-6;
inline constexpr double kMaxRate = 1e9;

// time + length, or the end of time. REQUIRES: length >= 0
Micros AddSaturated(Micros time, Micros length);

// Maps the number of a request to its time. Integer arithmetic only, so the same everywhere. Immutable, thread-safe.
class Schedule {
 public:
  // `rate`: requests per second, kMinRate..kMaxRate; with `daily_cycle` the mean over a day (UTC) whose nights are
  // quiet and whose evenings are busy: every whole day has the same exact number of requests.
  Schedule(double rate, bool daily_cycle, Micros start);

  // Time of request `index` (from 0): never before that of a smaller index. Saturates at the end of time.
  Micros TimeOf(std::uint64_t index) const;

  // How many requests happen in [start, start + length); kUnlimited if there are more than a 64-bit number counts.
  std::uint64_t CountWithin(Micros length) const;

 private:
  static constexpr int kBuckets = 288;  // of five minutes
  static constexpr Micros kBucket = kDay / kBuckets;

  Micros CycleTime(std::uint64_t index) const;

  const std::uint64_t rate_;  // requests in a million seconds
  const bool daily_cycle_;
  const Micros start_;
  // The day's curve as an area: a request happens whenever the area under it has grown by another step.
  std::array<std::int64_t, kBuckets> weight_{};    // height of each bucket
  std::array<std::int64_t, kBuckets + 1> area_{};  // before each bucket
  std::int64_t start_day_ = 0;                     // midnight before `start`
  std::int64_t start_area_ = 0;                    // from that midnight to `start`
};

}  // namespace socklog

#endif  // SOCKLOG_GENERATE_SCHEDULE_H_
