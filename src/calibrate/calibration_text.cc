#include "calibrate/calibration_text.h"

#include <cmath>

#include "base/text.h"

namespace socklog {
namespace {

std::string PercentText(double share) { return FormatDouble(std::round(share * 1e4) / 100) + " %"; }

double WindowsADay(Micros slide) { return static_cast<double>(kDay) / static_cast<double>(slide); }

std::string HoldoutText(const AlertShare& holdout, double asked) {
  if (asked == 0) return "nothing held out";
  if (holdout.judged == 0) return "held out: none judged";
  return "held out: " + FormatThousands(holdout.judged) + " judged, " + PercentText(holdout.rate) +
         " alert (95 % interval " + PercentText(holdout.ci_low) + " to " + PercentText(holdout.ci_high) + ")";
}

// A share of windows says little to who waits for alerts: how many that is depends on the window.
std::string BudgetText(const CalibrationRun& run) {
  const double windows = WindowsADay(run.slide);
  const double over = windows * run.budget;
  if (over < 1) {
    const double days = std::round(10 / over) / 10;
    return PercentText(run.budget) + " is a window every " + (days == 1 ? "day" : FormatDouble(days) + " days");
  }
  std::string text = PercentText(run.budget) + " is about " +
                     FormatThousands(static_cast<std::uint64_t>(std::llround(over))) + " of the " +
                     FormatThousands(static_cast<std::uint64_t>(std::llround(windows))) +
                     " windows of a day; for fewer alerts: analyze --for, or here a longer --window";
  const double longer = WindowsADay(kMinute) * run.budget;
  if (run.slide < kMinute && longer >= 1)
    text += " (1m: " + FormatThousands(static_cast<std::uint64_t>(std::llround(longer))) + ")";
  return text;
}

// "error_rate (120 judged, default 0.2), ..." of the metrics that keep their defaults: those with fewer judged windows
// than a threshold takes, or the others.
std::string DefaultsText(const std::vector<ScoredMetric>& metrics, const Calibration& calibration, bool few_windows) {
  std::string list;
  for (std::size_t i = 0; i < metrics.size(); ++i) {
    const CalibratedMetric& metric = calibration.metrics[i];
    if (metric.calibrated || (metric.judged_windows < kMinJudgedWindows) != few_windows) continue;
    list += (list.empty() ? "" : ", ") + std::string(metrics[i].metric->name) + " (";
    if (few_windows) list += FormatThousands(metric.judged_windows) + " judged, ";
    list += std::isfinite(metric.threshold) ? "default " + FormatDouble(metric.threshold) : std::string("no default");
    list += ")";
  }
  return list;
}

// Metrics without enough judged windows, in one message.
std::string FewJudgedWindows(const std::vector<ScoredMetric>& metrics, const Calibration& calibration,
                             const CalibrationRun& run) {
  std::string list = DefaultsText(metrics, calibration, true);
  if (list.empty()) return list;
  const bool enough_windows = static_cast<double>(run.windows) * (1 - run.holdout) >= kMinJudgedWindows;
  return "fewer than " + std::to_string(kMinJudgedWindows) + " judged windows to fit, so the defaults stay: " + list +
         "; " +
         (enough_windows ? "the other windows have too few requests to judge them: make --window longer, or lower "
                           "--min-samples"
                         : "give more history");
}

}  // namespace

std::string CalibrationText(const std::vector<ScoredMetric>& metrics, const Calibration& calibration,
                            const CalibrationRun& run) {
  std::string text = FormatCount(run.windows, "window") + ", " + FormatThousands(run.judged) + " judged; " +
                     HoldoutText(calibration.holdout, run.holdout) + ", budget " + PercentText(run.budget) + '\n' +
                     BudgetText(run) + '\n';
  const std::string never = DefaultsText(metrics, calibration, false);
  if (!never.empty())
    text +=
        "never above 0 in the part of the history that thresholds are made from, so the defaults stay: " + never + '\n';
  return text;
}

std::vector<std::string> CalibrationWarnings(const std::vector<ScoredMetric>& metrics, const Calibration& calibration,
                                             const CalibrationRun& run) {
  std::vector<std::string> warnings;
  if (std::string few = FewJudgedWindows(metrics, calibration, run); !few.empty()) warnings.push_back(std::move(few));
  if (calibration.fitted.rate > run.budget) {
    warnings.push_back(
        "default thresholds alone alert in " + PercentText(calibration.fitted.rate) +
        " of the judged windows, more than the budget: give more history, or leave such metrics out with --metrics");
  }
  const AlertShare& holdout = calibration.holdout;
  if (run.holdout == 0) return warnings;
  if (holdout.judged < kMinJudgedWindows) {
    warnings.push_back("only " + FormatCount(holdout.judged, "held-out window") +
                       (holdout.judged == 1 ? " was" : " were") +
                       " judged: too few to prove the budget; give more history");
  } else if (holdout.ci_low > run.budget || holdout.rate > 2.5 * run.budget) {
    warnings.push_back(
        "the held-out windows alert more often than the budget: traffic changes, refit often (a static threshold "
        "drifts)");
  }
  return warnings;
}

}  // namespace socklog
