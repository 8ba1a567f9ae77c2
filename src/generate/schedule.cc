#include "generate/schedule.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "socklog/options.h"

namespace socklog {
namespace {

__extension__ using Uint128 = unsigned __int128;

// Percent of the mean rate at each full hour, UTC; the mean of all is 100.
constexpr std::array<std::int64_t, 24> kHourly = {52,  40,  32,  28,  27,  32,  48,  72,  105, 120, 128, 132,
                                                  136, 130, 125, 124, 128, 136, 140, 155, 160, 150, 118, 82};
constexpr std::int64_t kStepsAnHour = 12;
constexpr std::int64_t kMeanWeight = 100 * kStepsAnHour;
constexpr std::uint64_t kMillionSeconds = 1'000'000'000'000;  // in microseconds

Micros Saturate(Uint128 offset, Micros from) {
  constexpr auto kMax = std::numeric_limits<Micros>::max();
  const auto room = static_cast<Uint128>(kMax) - (from > 0 ? static_cast<Uint128>(from) : 0);
  return offset > room ? kMax : from + static_cast<Micros>(offset);
}

}  // namespace

Micros AddSaturated(Micros time, Micros length) { return Saturate(static_cast<Uint128>(length), time); }

Schedule::Schedule(double rate, bool daily_cycle, Micros start)
    : rate_(static_cast<std::uint64_t>(std::llround(rate * 1e6))), daily_cycle_(daily_cycle), start_(start) {
  for (int i = 0; i < kBuckets; ++i) {
    const auto hour = static_cast<std::size_t>(i / kStepsAnHour);
    const std::int64_t step = i % kStepsAnHour;
    weight_[static_cast<std::size_t>(i)] = kHourly[hour] * (kStepsAnHour - step) + kHourly[(hour + 1) % 24] * step;
  }
  for (std::size_t i = 0; i < kBuckets; ++i) area_[i + 1] = area_[i] + weight_[i] * kBucket;
  const Micros in_day = ((start % kDay) + kDay) % kDay;
  const auto bucket = static_cast<std::size_t>(in_day / kBucket);
  start_day_ = start - in_day;
  start_area_ = area_[bucket] + weight_[bucket] * (in_day % kBucket);
}

Micros Schedule::TimeOf(std::uint64_t index) const {
  if (daily_cycle_) return CycleTime(index);
  return Saturate(static_cast<Uint128>(index) * kMillionSeconds / rate_, start_);
}

Micros Schedule::CycleTime(std::uint64_t index) const {
  constexpr auto kDayArea = static_cast<Uint128>(kMeanWeight) * kDay;
  const Uint128 area =
      static_cast<Uint128>(index) * (kMeanWeight * kMillionSeconds) / rate_ + static_cast<Uint128>(start_area_);
  const auto in_day = static_cast<std::int64_t>(area % kDayArea);
  const auto bucket =
      static_cast<std::size_t>(std::upper_bound(area_.begin(), area_.end(), in_day) - area_.begin()) - 1;
  const Micros time_of_day = static_cast<Micros>(bucket) * kBucket + (in_day - area_[bucket]) / weight_[bucket];
  return Saturate(area / kDayArea * kDay + static_cast<Uint128>(time_of_day), start_day_);
}

std::uint64_t Schedule::CountWithin(Micros length) const {
  const Micros end = AddSaturated(start_, length);
  if (TimeOf(kUnlimited) < end) return kUnlimited;
  std::uint64_t low = 0;  // everything below is before `end`
  std::uint64_t high = kUnlimited;
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    if (TimeOf(middle) < end) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

}  // namespace socklog
