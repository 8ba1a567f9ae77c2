#include "detect/scorer.h"

#include <limits>

#include "base/text.h"
#include "detect/wilson.h"

namespace socklog {

double Scorer::ValueOf(const Metric& metric, const Cell& cell) const {
  const auto k = static_cast<double>(metric.numerator(cell));
  switch (metric.kind) {
    case MetricKind::kRatio: {
      const std::uint64_t n = metric.denominator(cell);
      return n == 0 ? std::numeric_limits<double>::quiet_NaN() : k / static_cast<double>(n);
    }
    case MetricKind::kCount:
      return k;
    case MetricKind::kRate:
      return k / (static_cast<double>(window_) / static_cast<double>(kSecond));
  }
  return k;
}

void Scorer::ScoreCell(std::uint32_t index, std::string_view key, const Cell& cell, std::uint64_t count_error,
                       std::vector<SeriesScore>* judged) const {
  const auto& [metric, min_samples] = metrics_[index];
  const std::uint64_t n = metric->denominator(cell);
  if (n < min_samples || n == 0) return;
  const double value = Round9(ValueOf(*metric, cell));
  const double score =
      metric->kind == MetricKind::kRatio ? Round9(WilsonLowerBound(metric->numerator(cell), n)) : value;
  judged->push_back({index, key, value, score, n, count_error});
}

void Scorer::Score(const WindowReport& report, std::vector<SeriesScore>* judged) const {
  judged->clear();
  for (std::uint32_t index = 0; index < metrics_.size(); ++index) {
    const Dimension dimension = metrics_[index].metric->dimension;
    if (dimension == Dimension::kGlobal) {
      ScoreCell(index, {}, report.total, 0, judged);
      continue;
    }
    for (const KeyedCell& keyed : report.dimensions[static_cast<std::size_t>(dimension)].keys) {
      ScoreCell(index, keyed.key, keyed.cell, keyed.count_error, judged);
    }
  }
}

}  // namespace socklog
