// Thresholds such that a given share of windows alerts, all metrics and keys together, and the proof on held-out
// windows.
#ifndef SOCKLOG_CALIBRATE_CALIBRATOR_H_
#define SOCKLOG_CALIBRATE_CALIBRATOR_H_

#include <cstdint>
#include <vector>

#include "calibrate/history.h"

namespace socklog {

// Fewer judged windows than this cannot show, with 95 % confidence, that even the maximum is passed at most 1 % of the
// time
// ((1 - 0.01)^n <= 0.05, independent windows).
inline constexpr std::uint64_t kMinJudgedWindows = 299;

// What a metric falls back on when its history is too short; infinity: it then never alerts.
struct MetricDefault {
  double threshold = 0;
};

struct CalibratedMetric {
  double threshold = 0;              // infinity: none
  bool calibrated = false;           // false: the default, since too few windows were judged, or all scores were 0
  std::uint64_t judged_windows = 0;  // in the part used for fitting
};

// Shares are of judged windows: those in which at least one metric with a threshold was judged.
struct AlertShare {
  std::uint64_t judged = 0;
  std::uint64_t alerting = 0;
  double rate = 0;  // alerting / judged; NaN if none was judged
  double ci_low =
      0;  // 95 % interval by a bootstrap over blocks of neighbouring windows, since they depend on each other
  double ci_high = 0;  // (Kuensch 1989, moving blocks); NaN as rate
};

struct Calibration {
  std::vector<CalibratedMetric> metrics;  // in the scorer's order
  double quantile_level = 1;              // the same for every metric, of its own largest score per window
  AlertShare fitted;                      // on the windows the thresholds come from
  AlertShare holdout;                     // on the later windows, which had no influence
};

// `budget`: share of judged windows that may alert, in (0, 1); `holdout`: share of the last windows that only measure,
// in [0, 1). Deterministic. No threshold is 0, beyond which any single failure would be: where the budget asks for
// that, it is the smallest score above 0 that the history has.
Calibration Calibrate(const History& history, const std::vector<MetricDefault>& defaults, double budget,
                      double holdout);

// The share of rows [first, last) in which some metric is beyond its threshold.
AlertShare MeasureShare(const History& history, const std::vector<CalibratedMetric>& metrics, std::size_t first,
                        std::size_t last);

}  // namespace socklog

#endif  // SOCKLOG_CALIBRATE_CALIBRATOR_H_
