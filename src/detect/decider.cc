#include "detect/decider.h"

namespace socklog {

Level Decider::LevelOf(const SeriesScore& series) const {
  const Threshold& threshold = thresholds_[series.metric];
  if (series.score > threshold.value) return Level::kOver;
  return series.score > threshold.clear ? Level::kBetween : Level::kBelow;
}

}  // namespace socklog
