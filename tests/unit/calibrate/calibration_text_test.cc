#include "calibrate/calibration_text.h"

#include <limits>

#include "metrics/registry.h"
#include "support/catch.h"

namespace socklog::testing {
namespace {

using Texts = std::vector<std::string>;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

CalibrationRun SomeRun() {
  return {.windows = 1000, .judged = 990, .slide = 10 * kSecond, .budget = 0.01, .holdout = 0.3};
}

Calibration SomeCalibration() {
  Calibration calibration;
  calibration.metrics = {{0.1, true, 700}};
  calibration.fitted = {690, 6, 0.009, 0, 0};
  calibration.holdout = {300, 3, 0.01, 0.002, 0.02};
  return calibration;
}

const std::vector<ScoredMetric>& Metrics() {
  static const std::vector<ScoredMetric> metrics = {{FindMetric("error_rate"), 20}};
  return metrics;
}

}  // namespace

TEST_CASE("what a calibration says") {
  CHECK(CalibrationText(Metrics(), SomeCalibration(), SomeRun()) ==
        "1,000 windows, 990 judged; held out: 300 judged, 1 % alert (95 % interval 0.2 % to 2 %), budget 1 %\n"
        "1 % is about 86 of the 8,640 windows of a day; for fewer alerts: analyze --for, or here a longer --window "
        "(1m: 14)\n");
  CHECK(CalibrationWarnings(Metrics(), SomeCalibration(), SomeRun()).empty());
}

TEST_CASE("the budget in windows a day") {
  struct Case {
    Micros slide;
    double budget;
    std::string text;
  };
  const auto test = GENERATE(values<Case>({
      {kMinute, 0.01,
       "about 14 of the 1,440 windows of a day; for fewer alerts: analyze --for, or here a longer --window\n"},
      {10 * kSecond, 0.0001, "a window every 1.2 days\n"},
      {kHour, 0.01, "a window every 4.2 days\n"},
  }));
  CalibrationRun run = SomeRun();
  run.slide = test.slide;
  run.budget = test.budget;
  const std::string text = CalibrationText(Metrics(), SomeCalibration(), run);
  CHECK(text.substr(text.find(" % is ") + 6) == test.text);
}

TEST_CASE("nothing is called unknown where nothing was measured") {
  CalibrationRun run = SomeRun();
  Calibration calibration = SomeCalibration();
  run.holdout = 0;
  CHECK(CalibrationText(Metrics(), calibration, run).find("990 judged; nothing held out, budget 1 %\n") !=
        std::string::npos);
  run.holdout = 0.3;
  calibration.holdout.judged = 0;
  CHECK(CalibrationText(Metrics(), calibration, run).find("990 judged; held out: none judged, budget") !=
        std::string::npos);
}

TEST_CASE("one of a thing is one thing") {
  CalibrationRun run = SomeRun();
  run.windows = run.judged = 1;
  run.slide = kHour;
  run.budget = 1.0 / 24.5;
  Calibration calibration = SomeCalibration();
  calibration.holdout.judged = 1;
  CHECK(CalibrationText(Metrics(), calibration, run).find("1 window, 1 judged; ") == 0);
  CHECK(CalibrationText(Metrics(), calibration, run).find(" is a window every day\n") != std::string::npos);
  CHECK(CalibrationWarnings(Metrics(), calibration, run)[0].find("only 1 held-out window was judged") == 0);
}

TEST_CASE("a metric that had nothing to measure keeps its default, which is told") {
  Calibration calibration = SomeCalibration();
  calibration.metrics = {{0.2, false, 700}};
  const std::string text = CalibrationText(Metrics(), calibration, SomeRun());
  const std::string line =
      "never above 0 in the part of the history that thresholds are made from, so the defaults stay: error_rate "
      "(default "
      "0.2)\n";
  REQUIRE(text.size() > line.size());
  CHECK(text.substr(text.size() - line.size()) == line);
  CHECK(CalibrationWarnings(Metrics(), calibration, SomeRun()).empty());
}

TEST_CASE("a metric without a threshold of its own is told what it lacks") {
  CalibrationRun run = SomeRun();
  Calibration calibration = SomeCalibration();
  calibration.metrics = {{0.2, false, 120}};
  CHECK(CalibrationWarnings(Metrics(), calibration, run) ==
        Texts{"fewer than 299 judged windows to fit, so the defaults stay: error_rate (120 judged, default 0.2); the "
              "other windows have too few requests to judge them: make --window longer, or lower --min-samples"});
  run.windows = 400;
  calibration.metrics = {{kInfinity, false, 120}};
  CHECK(CalibrationWarnings(Metrics(), calibration, run) ==
        Texts{"fewer than 299 judged windows to fit, so the defaults stay: error_rate (120 judged, no default); give "
              "more history"});
}

}  // namespace socklog::testing
