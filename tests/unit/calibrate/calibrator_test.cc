#include "calibrate/calibrator.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "base/hash.h"
#include "support/catch.h"

namespace socklog::testing {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNone = History::kNotJudged;

using Rows = std::vector<std::vector<double>>;  // by window, by metric

History HistoryOf(const Rows& rows, std::size_t metrics) {
  History history(metrics);
  for (std::size_t row = 0; row < rows.size(); ++row) {
    WindowReport report;
    report.start = static_cast<Micros>(row) * kSecond;
    std::vector<SeriesScore> judged;
    for (std::uint32_t metric = 0; metric < metrics; ++metric) {
      if (rows[row][metric] != kNone) judged.push_back({metric, "", 0, rows[row][metric], 1, 0});
    }
    history.Add(report, judged);
  }
  return history;
}

Rows Column(std::size_t count, const std::function<double(std::size_t)>& score) {
  Rows rows;
  for (std::size_t i = 0; i < count; ++i) rows.push_back({score(i)});
  return rows;
}

std::vector<MetricDefault> Defaults(std::size_t metrics, double threshold = kInfinity) {
  return std::vector<MetricDefault>(metrics, {threshold});
}

// Windows [0, rows) with some metric beyond its threshold.
std::uint64_t CountOver(const Rows& rows, std::size_t count, const std::vector<double>& thresholds) {
  std::uint64_t over = 0;
  for (std::size_t row = 0; row < count; ++row) {
    bool any = false;
    for (std::size_t metric = 0; metric < thresholds.size(); ++metric)
      any = any || (rows[row][metric] != kNone && rows[row][metric] > thresholds[metric]);
    over += any ? 1 : 0;
  }
  return over;
}

// The lowest thresholds above 0 at which no calibrated metric is over in more than `share` of its judged windows.
std::vector<double> ThresholdsAt(const Rows& rows, std::size_t count, const Calibration& calibration, double share) {
  std::vector<double> thresholds;
  for (std::size_t metric = 0; metric < calibration.metrics.size(); ++metric) {
    std::vector<double> scores;
    for (std::size_t row = 0; row < count; ++row) {
      if (rows[row][metric] != kNone) scores.push_back(rows[row][metric]);
    }
    std::sort(scores.begin(), scores.end(), std::greater<>());
    const auto above_0 =
        static_cast<std::size_t>(std::count_if(scores.begin(), scores.end(), [](double score) { return score > 0; }));
    const auto over = static_cast<std::size_t>(share * static_cast<double>(scores.size()) + 1e-9);
    thresholds.push_back(calibration.metrics[metric].calibrated ? scores[std::min(over, above_0 - 1)]
                                                                : calibration.metrics[metric].threshold);
  }
  return thresholds;
}

std::uint64_t CountJudged(const Rows& rows, std::size_t count) {
  return static_cast<std::uint64_t>(std::count_if(
      rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(count), [](const std::vector<double>& row) {
        return std::any_of(row.begin(), row.end(), [](double score) { return score != kNone; });
      }));
}

}  // namespace

TEST_CASE("one metric, all scores different: the budget is used to the last window") {
  const Rows rows = Column(1000, [](std::size_t i) { return static_cast<double>((i * 617) % 1000); });
  const Calibration calibration = Calibrate(HistoryOf(rows, 1), Defaults(1), 0.01, 0);
  CHECK(calibration.metrics[0].calibrated);
  CHECK(calibration.metrics[0].judged_windows == 1000);
  CHECK(calibration.metrics[0].threshold == 989);  // ten are above it
  CHECK(calibration.quantile_level == Approx(0.99));
  CHECK(calibration.fitted.judged == 1000);
  CHECK(calibration.fitted.alerting == 10);
  CHECK(calibration.fitted.rate == Approx(0.01));
}

TEST_CASE("the budget in whole windows, however it is written in binary") {
  struct Case {
    double budget;
    std::size_t windows;
    std::uint64_t alerting;
  };
  const auto test = GENERATE(values<Case>({{0.29, 1000, 290},
                                           {0.01, 2900, 29},
                                           {0.07, 300, 21},
                                           {0.57, 500, 285},
                                           {0.01, 399, 3},
                                           {0.001, 500, 0},
                                           {0.009, 3000, 27},
                                           {0.018, 1500, 27}}));
  CAPTURE(test.budget, test.windows);
  const Rows rows = Column(test.windows, [](std::size_t i) { return static_cast<double>(i); });
  CHECK(Calibrate(HistoryOf(rows, 1), Defaults(1), test.budget, 0).fitted.alerting == test.alerting);
}

TEST_CASE("ties stay below together") {
  // 20 windows share the largest score: all or none of them can be over, and the budget is 10.
  const Rows rows = Column(1000, [](std::size_t i) { return i % 50 == 0 ? 5.0 : 1.0; });
  const Calibration calibration = Calibrate(HistoryOf(rows, 1), Defaults(1), 0.01, 0);
  CHECK(calibration.metrics[0].threshold == 5);
  CHECK(calibration.fitted.alerting == 0);
}

TEST_CASE("no threshold is 0, beyond which a single failure would be") {
  // Nothing ever happened: that says nothing of how much is too much.
  const Calibration quiet =
      Calibrate(HistoryOf(Column(500, [](std::size_t) { return 0.0; }), 1), Defaults(1, 0.2), 0.01, 0);
  CHECK(quiet.metrics[0].threshold == 0.2);
  CHECK_FALSE(quiet.metrics[0].calibrated);
  CHECK(quiet.metrics[0].judged_windows == 500);
  CHECK(quiet.fitted.judged == 500);
  CHECK(quiet.fitted.alerting == 0);
  // It happened in fewer windows than may alert: the least of it is no alert yet.
  const Rows rows = Column(1000, [](std::size_t i) { return i % 250 == 0 ? 0.3 + static_cast<double>(i) : 0.0; });
  const Calibration rare = Calibrate(HistoryOf(rows, 1), Defaults(1, 0.2), 0.01, 0);
  CHECK(rare.metrics[0].threshold == 0.3);
  CHECK(rare.metrics[0].calibrated);
  CHECK(rare.fitted.alerting == 3);
}

TEST_CASE("299 judged windows are enough, 298 are not") {
  for (const std::size_t judged : {std::size_t{298}, std::size_t{299}}) {
    CAPTURE(judged);
    Rows rows;
    for (std::size_t i = 0; i < 400; ++i) rows.push_back({i < judged ? 0.1 : kNone, 1.0});
    const Calibration calibration = Calibrate(HistoryOf(rows, 2), {{0.7}, {kInfinity}}, 0.01, 0);
    CHECK(calibration.metrics[0].calibrated == (judged == 299));
    CHECK(calibration.metrics[0].threshold == (judged == 299 ? 0.1 : 0.7));
    CHECK(calibration.metrics[0].judged_windows == judged);
    CHECK(calibration.metrics[1].calibrated);
  }
}

TEST_CASE("only the windows before the holdout decide whether there are enough") {
  const Rows rows = Column(400, [](std::size_t i) { return static_cast<double>(i); });
  const Calibration calibration = Calibrate(HistoryOf(rows, 1), Defaults(1, 0.5), 0.01, 0.3);
  CHECK(calibration.metrics[0].judged_windows == 280);
  CHECK_FALSE(calibration.metrics[0].calibrated);
  CHECK(calibration.metrics[0].threshold == 0.5);
}

TEST_CASE("the holdout has no influence on the thresholds") {
  SplitMix64 random(1);
  Rows rows = Column(1000, [&](std::size_t) { return random.NextDouble(); });
  const Calibration before = Calibrate(HistoryOf(rows, 1), Defaults(1), 0.05, 0.3);
  for (std::size_t i = 700; i < 1000; ++i) rows[i][0] = 100;
  const Calibration after = Calibrate(HistoryOf(rows, 1), Defaults(1), 0.05, 0.3);
  CHECK(after.metrics[0].threshold == before.metrics[0].threshold);
  CHECK(after.fitted.judged == 700);
  CHECK(after.holdout.judged == 300);
  CHECK(after.holdout.alerting == 300);
  CHECK(after.holdout.rate == 1);
  CHECK(after.holdout.ci_high == 1);
}

TEST_CASE("nothing held out, nothing judged, nothing at all") {
  const Calibration none =
      Calibrate(HistoryOf(Column(500, [](std::size_t i) { return static_cast<double>(i); }), 1), Defaults(1), 0.01, 0);
  CHECK(none.holdout.judged == 0);
  CHECK(std::isnan(none.holdout.rate));
  CHECK(std::isnan(none.holdout.ci_low));
  CHECK(std::isnan(none.holdout.ci_high));
  for (const Rows& rows : {Rows{}, Column(50, [](std::size_t) { return kNone; })}) {
    const Calibration empty = Calibrate(HistoryOf(rows, 1), Defaults(1, 0.4), 0.01, 0.3);
    CHECK_FALSE(empty.metrics[0].calibrated);
    CHECK(empty.metrics[0].threshold == 0.4);
    CHECK(empty.fitted.judged == 0);
    CHECK(std::isnan(empty.fitted.rate));
  }
}

// As analyze counts it: a metric without any threshold judges nothing.
TEST_CASE("windows that only a metric without a threshold could judge are not judged") {
  Rows rows;
  for (std::size_t i = 0; i < 1000; ++i)
    rows.push_back({i < 500 ? static_cast<double>(i) : kNone, i < 100 ? 1.0 : kNone, i >= 800 ? 1.0 : kNone});
  const Calibration calibration = Calibrate(HistoryOf(rows, 3), {{kInfinity}, {kInfinity}, {kInfinity}}, 0.01, 0);
  CHECK(calibration.metrics[0].calibrated);
  CHECK(calibration.metrics[1].threshold == kInfinity);
  CHECK(calibration.fitted.judged == 500);
  CHECK(calibration.fitted.alerting == 5);
}

TEST_CASE("a metric on its default takes its part of the budget first") {
  Rows rows;
  for (std::size_t i = 0; i < 1000; ++i) rows.push_back({static_cast<double>(i), i % 250 == 0 ? 1.0 : kNone});
  const Calibration calibration = Calibrate(HistoryOf(rows, 2), {{kInfinity}, {0.5}}, 0.01, 0);
  CHECK(calibration.metrics[0].threshold == 993);  // six of its own, four of the other
  CHECK(calibration.fitted.alerting == 10);
}

TEST_CASE("the union keeps within the budget, and the next level would not") {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    SplitMix64 random(seed);
    const std::size_t metrics = 1 + random.Below(4);
    const std::size_t count = 300 + random.Below(1200);
    const double budget = std::vector<double>{0.001, 0.01, 0.05, 0.2}[random.Below(4)];
    const double holdout = std::vector<double>{0, 0.3, 0.5}[random.Below(3)];
    std::vector<std::uint64_t> levels, silence;  // few levels: many ties
    for (std::size_t metric = 0; metric < metrics; ++metric) {
      levels.push_back(2 + random.Below(random.Below(2) == 0 ? 10 : 100'000));
      silence.push_back(random.Below(3) == 0 ? 0 : random.Below(90));
    }
    Rows rows;
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint64_t together = random.Below(1000);  // metrics rise at the same time
      std::vector<double> row;
      for (std::size_t metric = 0; metric < metrics; ++metric) {
        const bool judged = random.Below(100) >= silence[metric];
        const std::uint64_t level = judged ? (together + random.Below(200)) * levels[metric] / 1200 : 0;
        row.push_back(judged ? static_cast<double>(level) : kNone);
      }
      rows.push_back(row);
    }
    CAPTURE(seed, metrics, count, budget, holdout);
    const Calibration calibration = Calibrate(HistoryOf(rows, metrics), Defaults(metrics), budget, holdout);
    const auto fitted = static_cast<std::size_t>(std::llround(static_cast<double>(count) * (1 - holdout)));
    std::vector<double> thresholds;
    for (const CalibratedMetric& metric : calibration.metrics) thresholds.push_back(metric.threshold);
    REQUIRE(calibration.fitted.alerting == CountOver(rows, fitted, thresholds));
    if (calibration.fitted.judged == 0) continue;
    const auto judged = static_cast<double>(calibration.fitted.judged);
    const auto allowed = static_cast<std::uint64_t>(budget * judged + 1e-9);
    REQUIRE(calibration.fitted.judged <= CountJudged(rows, fitted));
    REQUIRE(calibration.fitted.alerting <= allowed);
    const double step = std::round((1 - calibration.quantile_level) * judged);
    REQUIRE(thresholds == ThresholdsAt(rows, fitted, calibration, step / judged));
    const bool next_exceeds =
        CountOver(rows, fitted, ThresholdsAt(rows, fitted, calibration, (step + 1) / judged)) > allowed;
    REQUIRE((next_exceeds || step == static_cast<double>(allowed)));
  }
}

TEST_CASE("the interval holds the rate, and is the same each time") {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    SplitMix64 random(seed);
    const std::size_t count = 1 + random.Below(1000);
    const double share = random.NextDouble() * random.NextDouble();
    const std::size_t burst = random.Below(2) == 0 ? count / 20 : 0;  // all at the very start, or at the very end
    const bool at_start = random.Below(2) == 0;
    const Rows rows = Column(count, [&](std::size_t i) {
      const bool in_burst = at_start ? i < burst : i + burst >= count;
      return in_burst || random.NextDouble() < share * 0.3 ? 1.0 : 0.0;
    });
    const History history = HistoryOf(rows, 1);
    const AlertShare measured = MeasureShare(history, {{0.5, true, count}}, 0, count);
    CAPTURE(seed, count, measured.rate, measured.ci_low, measured.ci_high);
    REQUIRE(measured.ci_low >= 0);
    REQUIRE(measured.ci_low <= measured.rate);
    REQUIRE(measured.rate <= measured.ci_high);
    REQUIRE(measured.ci_high <= 1);
    const AlertShare again = MeasureShare(history, {{0.5, true, count}}, 0, count);
    REQUIRE(again.ci_low == measured.ci_low);
    REQUIRE(again.ci_high == measured.ci_high);
  }
}

TEST_CASE("no alert seen is no proof of none") {
  const Rows rows = Column(1000, [](std::size_t) { return 0.0; });
  const AlertShare share = MeasureShare(HistoryOf(rows, 1), {{0.5, true, 1000}}, 0, 1000);
  CHECK(share.rate == 0);
  CHECK(share.ci_low == 0);
  CHECK(share.ci_high >= 0.003);
  CHECK(share.ci_high < 0.1);
}

TEST_CASE("the interval covers the truth about as often as it says, for independent windows") {
  constexpr double kTruth = 0.05;
  int covered = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    SplitMix64 random(seed + 1000);
    const Rows rows = Column(600, [&](std::size_t) { return random.NextDouble() < kTruth ? 1.0 : 0.0; });
    const AlertShare share = MeasureShare(HistoryOf(rows, 1), {{0.5, true, 600}}, 0, 600);
    covered += share.ci_low <= kTruth && kTruth <= share.ci_high ? 1 : 0;
  }
  CHECK(covered >= 170);
}

}  // namespace socklog::testing
