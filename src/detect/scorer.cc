#include "detect/scorer.h"

#include <algorithm>
#include <limits>

#include "detect/wilson.h"

namespace socklog {

Scorer::Scorer(std::vector<ScoredMetric> metrics, Micros window) : metrics_(std::move(metrics)), window_(window) {
  for (std::uint64_t count = 0; count < kKnownRates; ++count) known_rates_[count] = Round9(RateOf(count));
}

double Scorer::RateOf(std::uint64_t count) const {
  return static_cast<double>(count) / (static_cast<double>(window_) / static_cast<double>(kSecond));
}

double Scorer::ValueOf(const Metric& metric, const Cell& cell) const {
  const std::uint64_t k = metric.numerator(cell);
  switch (metric.kind) {
    case MetricKind::kRatio: {
      const std::uint64_t n = metric.denominator(cell);
      if (n == 0) return std::numeric_limits<double>::quiet_NaN();
      return static_cast<double>(k) / static_cast<double>(n);
    }
    case MetricKind::kRate:
      return RateOf(k);
    case MetricKind::kCount:
      break;
  }
  return static_cast<double>(k);
}

// REQUIRES: it has enough samples.
void Scorer::ScoreCell(std::uint32_t index, const KeyedCell& keyed, std::vector<SeriesScore>* judged) const {
  const Metric& metric = *metrics_[index].metric;
  const std::uint64_t k = metric.numerator(keyed.cell);
  const std::uint64_t n = metric.denominator(keyed.cell);
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
  judged->push_back({index, keyed.key, value, score, n, keyed.count_error});
}

void Scorer::ScoreKeys(std::uint32_t index, std::span<const KeyedCell> keys, std::vector<SeriesScore>* judged) const {
  const auto denominator = metrics_[index].metric->denominator;
  const std::uint64_t least = std::max<std::uint64_t>(1, metrics_[index].min_samples);
  for (const KeyedCell& keyed : keys) {
    if (denominator(keyed.cell) >= least) ScoreCell(index, keyed, judged);
  }
}

void Scorer::Score(const WindowReport& report, std::vector<SeriesScore>* judged) const {
  judged->clear();
  for (std::uint32_t index = 0; index < metrics_.size(); ++index) {
    const Dimension dimension = metrics_[index].metric->dimension;
    if (dimension != Dimension::kGlobal) {
      ScoreKeys(index, report.dimensions[static_cast<std::size_t>(dimension)].keys, judged);
      continue;
    }
    const KeyedCell total{{}, report.total, 0};
    ScoreKeys(index, {&total, 1}, judged);
  }
}

}  // namespace socklog
