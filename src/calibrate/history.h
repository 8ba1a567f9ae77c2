// The scores of a history: for each window and metric the largest score over all keys.
#ifndef SOCKLOG_CALIBRATE_HISTORY_H_
#define SOCKLOG_CALIBRATE_HISTORY_H_

#include <cstdint>
#include <vector>

#include "detect/scorer.h"
#include "socklog/window.h"

namespace socklog {

// One row for each window. A metric that was not judged in a window has kNotJudged there.
class History {
 public:
  static constexpr double kNotJudged = -1;  // scores are never negative

  explicit History(std::size_t metric_count) : metric_count_(metric_count) {}

  // A gap of many windows adds that many rows' worth of windows, none of them judged, in constant memory.
  void Add(const WindowReport& report, const std::vector<SeriesScore>& judged);

  std::size_t metric_count() const { return metric_count_; }
  std::size_t rows() const { return starts_.size(); }
  // All windows, those of gaps included.
  std::uint64_t windows() const { return windows_; }
  Micros start(std::size_t row) const { return starts_[row]; }
  double score(std::size_t row, std::size_t metric) const { return scores_[row * metric_count_ + metric]; }

 private:
  std::size_t metric_count_;
  std::vector<Micros> starts_;
  std::vector<double> scores_;  // row by row
  std::uint64_t windows_ = 0;
};

}  // namespace socklog

#endif  // SOCKLOG_CALIBRATE_HISTORY_H_
