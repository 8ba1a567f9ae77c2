// From cells to scores: the very statistic that thresholds are made of and compared with.
#ifndef SOCKLOG_DETECT_SCORER_H_
#define SOCKLOG_DETECT_SCORER_H_

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "detect/wilson.h"
#include "socklog/metric.h"
#include "socklog/time.h"
#include "socklog/window.h"

namespace socklog {

// One series (metric and key) in one window that had enough samples. `key` lives as long as the WindowReport.
struct SeriesScore {
  std::uint32_t metric = 0;  // index into Scorer::metrics()
  std::string_view key;      // empty for a global metric
  double value = 0;          // natural units
  double score = 0;          // rounded to 9 significant digits
  std::uint64_t samples = 0;
  std::uint64_t count_error = 0;
};

// A metric to score, with the samples it needs.
struct ScoredMetric {
  const Metric* metric = nullptr;
  std::uint64_t min_samples = 1;
};

// Immutable, thread-safe. The score of a ratio is its lower Wilson bound; of a count or rate its value.
class Scorer {
 public:
  // `window`: the length of every window that will be scored.
  Scorer(std::vector<ScoredMetric> metrics, Micros window);

  const std::vector<ScoredMetric>& metrics() const { return metrics_; }

  // Calls visit(SeriesScore) for each series with enough samples, metric by metric; within a metric in no particular
  // order.
  template <typename Visit>
  void ForEach(const WindowReport& report, Visit visit) const;
  // Replaces *judged by all of them.
  void Score(const WindowReport& report, std::vector<SeriesScore>* judged) const;

  // The natural value of one cell: k/n, k, or k per second. NaN for 0/0.
  double ValueOf(const Metric& metric, const Cell& cell) const;

 private:
  // Most counts of one key in one window are small, so their rates are looked up.
  static constexpr std::size_t kKnownRates = 256;

  template <typename Visit>
  void ScoreKeys(std::uint32_t index, std::span<const KeyedCell> keys, Visit visit) const;
  SeriesScore ScoreOf(std::uint32_t index, const KeyedCell& keyed, std::uint64_t n) const;
  double RateOf(std::uint64_t count) const;
  double RoundedRateOf(std::uint64_t count) const {
    return count < kKnownRates ? known_rates_[count] : Round9(RateOf(count));
  }

  std::vector<ScoredMetric> metrics_;
  Micros window_;
  std::array<double, kKnownRates> known_rates_;  // Round9(RateOf(count))
};

template <typename Visit>
void Scorer::ForEach(const WindowReport& report, Visit visit) const {
  for (std::uint32_t index = 0; index < metrics_.size(); ++index) {
    const Dimension dimension = metrics_[index].metric->dimension;
    if (dimension != Dimension::kGlobal) {
      ScoreKeys(index, report.dimensions[static_cast<std::size_t>(dimension)].keys, visit);
      continue;
    }
    const KeyedCell total{{}, report.total, 0};
    ScoreKeys(index, {&total, 1}, visit);
  }
}

template <typename Visit>
void Scorer::ScoreKeys(std::uint32_t index, std::span<const KeyedCell> keys, Visit visit) const {
  const auto denominator = metrics_[index].metric->denominator;
  const std::uint64_t least = std::max<std::uint64_t>(1, metrics_[index].min_samples);
  for (const KeyedCell& keyed : keys) {
    if (keyed.cell.requests < least) continue;
    if (const std::uint64_t n = denominator(keyed.cell); n >= least) visit(ScoreOf(index, keyed, n));
  }
}

// `n`: its samples, enough of them.
inline SeriesScore Scorer::ScoreOf(std::uint32_t index, const KeyedCell& keyed, std::uint64_t n) const {
  const Metric& metric = *metrics_[index].metric;
  const std::uint64_t k = metric.numerator(keyed.cell);
  double value = 0;
  double score = 0;
  switch (metric.kind) {
    case MetricKind::kRatio:
      if (k == 0) break;
      value = Round9(static_cast<double>(k) / static_cast<double>(n));
      score = Round9(WilsonLowerBound(k, n));
      break;
    case MetricKind::kRate:
      value = score = RoundedRateOf(k);
      break;
    case MetricKind::kCount:
      value = score = Round9(static_cast<double>(k));
      break;
  }
  return {index, keyed.key, value, score, n, keyed.count_error};
}

}  // namespace socklog

#endif  // SOCKLOG_DETECT_SCORER_H_
