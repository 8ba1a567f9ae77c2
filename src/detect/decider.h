// Holds scores against thresholds.
#ifndef SOCKLOG_DETECT_DECIDER_H_
#define SOCKLOG_DETECT_DECIDER_H_

#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "detect/scorer.h"

namespace socklog {

// Where a metric's limit lies and who set it.
struct Threshold {
  double value = 0;    // a score beyond it is over; equal is not
  double clear = 0;    // a score at or below it is below; <= value
  std::string source;  // as in Alert::threshold_source
};

enum class Level { kBelow, kBetween, kOver };

// Immutable, thread-safe.
class Decider {
 public:
  // One threshold for each of the Scorer's metrics, in its order.
  explicit Decider(std::vector<Threshold> thresholds) : thresholds_(std::move(thresholds)) {}

  Level LevelOf(const SeriesScore& series) const {
    const Threshold& threshold = thresholds_[series.metric];
    if (series.score > threshold.value) return Level::kOver;
    return series.score > threshold.clear ? Level::kBetween : Level::kBelow;
  }
  // Whether the metric has a limit at all.
  bool has_threshold(std::uint32_t metric) const { return std::isfinite(thresholds_[metric].value); }
  const Threshold& threshold(std::uint32_t metric) const { return thresholds_[metric]; }

 private:
  std::vector<Threshold> thresholds_;
};

}  // namespace socklog

#endif  // SOCKLOG_DETECT_DECIDER_H_
