#include "calibrate/calibrator.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "base/hash.h"

namespace socklog {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// Whether a metric that has a threshold was judged: one without any can alert nobody.
bool IsJudged(const History& history, std::size_t row, const std::vector<CalibratedMetric>& metrics) {
  for (std::size_t metric = 0; metric < metrics.size(); ++metric) {
    if (std::isfinite(metrics[metric].threshold) && history.score(row, metric) != History::kNotJudged) return true;
  }
  return false;
}

bool IsOver(const History& history, std::size_t row, const std::vector<CalibratedMetric>& metrics) {
  for (std::size_t metric = 0; metric < metrics.size(); ++metric) {
    const double score = history.score(row, metric);
    if (score != History::kNotJudged && score > metrics[metric].threshold) return true;
  }
  return false;
}

// Whole windows in a share of `count`; 0.009 of 3000 is 27, though the product of the doubles is a little less.
std::uint64_t WholeWindows(double share, std::uint64_t count) {
  return static_cast<std::uint64_t>(std::floor(share * static_cast<double>(count) + 1e-9));
}

// Each metric's scores in the fitted windows, largest first.
std::vector<std::vector<double>> SortedScores(const History& history, std::size_t rows) {
  std::vector<std::vector<double>> scores(history.metric_count());
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t metric = 0; metric < scores.size(); ++metric) {
      const double score = history.score(row, metric);
      if (score != History::kNotJudged) scores[metric].push_back(score);
    }
  }
  for (std::vector<double>& column : scores) std::sort(column.begin(), column.end(), std::greater<>());
  return scores;
}

std::size_t CountAbove0(const std::vector<double>& largest_first) {
  const auto end =
      std::partition_point(largest_first.begin(), largest_first.end(), [](double score) { return score > 0; });
  return static_cast<std::size_t>(end - largest_first.begin());
}

// Thresholds that leave at most the share `level_share` of each metric's windows over.
std::vector<CalibratedMetric> AtLevel(const std::vector<std::vector<double>>& scores,
                                      const std::vector<MetricDefault>& defaults, double level_share) {
  std::vector<CalibratedMetric> metrics(scores.size());
  for (std::size_t metric = 0; metric < scores.size(); ++metric) {
    const std::vector<double>& column = scores[metric];
    CalibratedMetric& made = metrics[metric];
    made.judged_windows = column.size();
    const std::size_t above_0 = CountAbove0(column);
    made.calibrated = column.size() >= kMinJudgedWindows && above_0 > 0;
    if (!made.calibrated) {
      made.threshold = defaults[metric].threshold;
      continue;
    }
    const std::size_t over = WholeWindows(level_share, column.size());
    made.threshold = column[std::min(over, above_0 - 1)];  // equal is not over
  }
  return metrics;
}

std::uint64_t CountOver(const History& history, const std::vector<CalibratedMetric>& metrics, std::size_t rows) {
  std::uint64_t over = 0;
  for (std::size_t row = 0; row < rows; ++row) over += IsOver(history, row, metrics) ? 1 : 0;
  return over;
}

// 95 % interval of a share by moving blocks; `outcomes`: 1 for a judged window that alerts, in the order of time.
void BootstrapInterval(const std::vector<std::uint8_t>& outcomes, AlertShare* share) {
  constexpr int kRounds = 1000;
  const std::size_t n = outcomes.size();
  const auto block =
      std::max<std::size_t>(1, static_cast<std::size_t>(std::llround(std::cbrt(static_cast<double>(n)) * 2)));
  std::vector<std::uint64_t> sums(n + 1, 0);  // prefix sums make a block's count a subtraction
  for (std::size_t i = 0; i < n; ++i) sums[i + 1] = sums[i] + outcomes[i];
  SplitMix64 random(n);
  std::vector<double> rates;
  for (int round = 0; round < kRounds; ++round) {
    std::uint64_t alerting = 0;
    std::size_t taken = 0;
    while (taken < n) {
      const std::size_t length = std::min(block, n - taken);
      const std::size_t start = random.Below(n - length + 1);
      alerting += sums[start + length] - sums[start];
      taken += length;
    }
    rates.push_back(static_cast<double>(alerting) / static_cast<double>(n));
  }
  std::sort(rates.begin(), rates.end());
  share->ci_low = rates[static_cast<std::size_t>(0.025 * kRounds)];
  share->ci_high = rates[static_cast<std::size_t>(0.975 * kRounds) - 1];
  // No alert seen is no proof of none: at most 3/n by the rule of three (blocks counted as one).
  if (share->alerting == 0) share->ci_high = std::min(1.0, 3.0 * static_cast<double>(block) / static_cast<double>(n));
}

}  // namespace

AlertShare MeasureShare(const History& history, const std::vector<CalibratedMetric>& metrics, std::size_t first,
                        std::size_t last) {
  AlertShare share;
  std::vector<std::uint8_t> outcomes;
  for (std::size_t row = first; row < last; ++row) {
    if (!IsJudged(history, row, metrics)) continue;
    outcomes.push_back(IsOver(history, row, metrics) ? 1 : 0);
    share.alerting += outcomes.back();
  }
  share.judged = outcomes.size();
  share.rate = share.ci_low = share.ci_high = kNaN;
  if (share.judged == 0) return share;
  share.rate = static_cast<double>(share.alerting) / static_cast<double>(share.judged);
  BootstrapInterval(outcomes, &share);
  return share;
}

Calibration Calibrate(const History& history, const std::vector<MetricDefault>& defaults, double budget,
                      double holdout) {
  const std::size_t rows = history.rows();
  const auto fitted_rows = static_cast<std::size_t>(std::llround(static_cast<double>(rows) * (1 - holdout)));
  const std::vector<std::vector<double>> scores = SortedScores(history, fitted_rows);
  const std::vector<CalibratedMetric> at_maximum = AtLevel(scores, defaults, 0);
  std::uint64_t judged = 0;
  for (std::size_t row = 0; row < fitted_rows; ++row) judged += IsJudged(history, row, at_maximum) ? 1 : 0;
  const std::uint64_t allowed = WholeWindows(budget, judged);

  // The more windows each metric may have over, the more alert in the union: find the most that keeps within the
  // budget. Metrics on their defaults take their part of the budget first.
  std::uint64_t low = 0;
  std::uint64_t high = allowed;
  const auto share_of = [&](std::uint64_t step) {
    return judged == 0 ? 0.0 : static_cast<double>(step) / static_cast<double>(judged);
  };
  while (low < high) {
    const std::uint64_t middle = low + (high - low + 1) / 2;
    if (CountOver(history, AtLevel(scores, defaults, share_of(middle)), fitted_rows) <= allowed) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }

  Calibration calibration;
  calibration.metrics = AtLevel(scores, defaults, share_of(low));
  calibration.quantile_level = 1 - share_of(low);
  calibration.fitted = MeasureShare(history, calibration.metrics, 0, fitted_rows);
  calibration.holdout = MeasureShare(history, calibration.metrics, fitted_rows, rows);
  return calibration;
}

}  // namespace socklog
