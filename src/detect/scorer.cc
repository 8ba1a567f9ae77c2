#include "detect/scorer.h"

#include <limits>

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

void Scorer::Score(const WindowReport& report, std::vector<SeriesScore>* judged) const {
  judged->clear();
  ForEach(report, [judged](const SeriesScore& score) { judged->push_back(score); });
}

}  // namespace socklog
