#include "calibrate/history.h"

#include <algorithm>

namespace socklog {

void History::Add(const WindowReport& report, const std::vector<SeriesScore>& judged) {
  windows_ += report.windows;
  if (report.windows > 1) return;
  starts_.push_back(report.start);
  const std::size_t row = scores_.size();
  scores_.resize(row + metric_count_, kNotJudged);
  for (const SeriesScore& series : judged) {
    double& largest = scores_[row + series.metric];
    largest = std::max(largest, series.score);
  }
}

}  // namespace socklog
