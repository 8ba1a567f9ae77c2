// What a calibration says to people.
#ifndef SOCKLOG_CALIBRATE_CALIBRATION_TEXT_H_
#define SOCKLOG_CALIBRATE_CALIBRATION_TEXT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "calibrate/calibrator.h"
#include "detect/scorer.h"
#include "socklog/time.h"

namespace socklog {

// What was asked for, and of what.
struct CalibrationRun {
  std::uint64_t windows = 0;
  std::uint64_t judged = 0;
  Micros slide = 0;  // from one window's start to the next one's
  double budget = 0;
  double holdout = 0;
};

// The windows and the measured share on one line, the budget in windows a day on a second one, and on a third one which
// metrics never had anything to measure; each with its newline. `metrics`: in the scorer's order.
std::string CalibrationText(const std::vector<ScoredMetric>& metrics, const Calibration& calibration,
                            const CalibrationRun& run);

// What is to be known before the thresholds are trusted, each a sentence.
std::vector<std::string> CalibrationWarnings(const std::vector<ScoredMetric>& metrics, const Calibration& calibration,
                                             const CalibrationRun& run);

}  // namespace socklog

#endif  // SOCKLOG_CALIBRATE_CALIBRATION_TEXT_H_
