#include "detect/scorer.h"

#include <cmath>
#include <limits>

#include "base/text.h"
#include "detect/decider.h"
#include "detect/wilson.h"
#include "metrics/registry.h"
#include "support/catch.h"

namespace socklog::testing {
namespace {

Cell Requests(std::uint64_t requests, std::uint64_t errors) {
  Cell cell;
  cell.requests = requests;
  cell.errors = errors;
  return cell;
}

WindowReport SomeReport() {
  WindowReport report;
  report.end = 10 * kSecond;
  report.total = Requests(100, 20);
  auto& urls = report.dimensions[static_cast<std::size_t>(Dimension::kUrl)].keys;
  urls.push_back({"/a", Requests(60, 20), 0});
  urls.push_back({"/b", Requests(19, 0), 3});
  urls.push_back({"/c", Requests(20, 20), 7});
  return report;
}

}  // namespace

TEST_CASE("one score for each metric and key with enough samples") {
  const Scorer scorer({{FindMetric("error_rate"), 20},
                       {FindMetric("request_rate"), 1},
                       {FindMetric("error_rate_by_url"), 20},
                       {FindMetric("error_rate_by_user"), 1}},
                      10 * kSecond);
  std::vector<SeriesScore> judged(9);
  scorer.Score(SomeReport(), &judged);
  REQUIRE(judged.size() == 4);
  CHECK(judged[0].metric == 0);
  CHECK(judged[0].key.empty());
  CHECK(judged[0].value == 0.2);
  CHECK(judged[0].score == Round9(WilsonLowerBound(20, 100)));
  CHECK(judged[0].samples == 100);
  CHECK(judged[1].metric == 1);
  CHECK(judged[1].value == 10);
  CHECK(judged[1].score == 10);
  CHECK(judged[2].metric == 2);
  CHECK(judged[2].key == "/a");
  CHECK(judged[2].value == 0.333333333);
  CHECK(judged[3].key == "/c");
  CHECK(judged[3].count_error == 7);
}

TEST_CASE("samples: the minimum is enough, one fewer is not, none never are") {
  struct Case {
    std::uint64_t requests, minimum;
    bool judged;
  };
  const auto test = GENERATE(
      values<Case>({{20, 20, true}, {19, 20, false}, {1, 1, true}, {0, 1, false}, {0, 0, false}, {1, 0, true}}));
  CAPTURE(test.requests, test.minimum);
  WindowReport report;
  report.total = Requests(test.requests, 0);
  std::vector<SeriesScore> judged;
  for (const char* metric : {"error_rate", "request_rate"}) {
    Scorer({{FindMetric(metric), test.minimum}}, kSecond).Score(report, &judged);
    CHECK(judged.size() == (test.judged ? 1 : 0));
  }
}

TEST_CASE("natural values") {
  struct Case {
    std::string metric;
    Micros window;
    double value;
  };
  const auto test = GENERATE(values<Case>({{"error_rate", 10 * kSecond, 0.25},
                                           {"request_rate", 10 * kSecond, 4},
                                           {"request_rate", 400 * kMillisecond, 100},
                                           {"request_rate", kMinute, 40.0 / 60}}));
  CAPTURE(test.metric, test.window);
  const Metric& metric = *FindMetric(test.metric);
  CHECK(Scorer({{&metric, 1}}, test.window).ValueOf(metric, Requests(40, 10)) == test.value);
  CHECK(std::isnan(Scorer({}, kSecond).ValueOf(*FindMetric("error_rate"), {})));
  CHECK(Scorer({}, kSecond).ValueOf(*FindMetric("request_rate"), {}) == 0);
}

TEST_CASE("beyond the threshold is over, equal is not") {
  struct Case {
    double value, clear, score;
    Level level;
  };
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const auto test = GENERATE(values<Case>({{0.2, 0.1, 0.200000001, Level::kOver},
                                           {0.2, 0.1, 0.2, Level::kBetween},
                                           {0.2, 0.1, 0.100000001, Level::kBetween},
                                           {0.2, 0.1, 0.1, Level::kBelow},
                                           {0.2, 0.2, 0.2, Level::kBelow},
                                           {0.2, 0, 0.001, Level::kBetween},
                                           {0, 0, 0, Level::kBelow},
                                           {0, 0, 1e-9, Level::kOver},
                                           {kInfinity, kInfinity, 1e300, Level::kBelow},
                                           {kInfinity, std::numeric_limits<double>::quiet_NaN(), 1, Level::kBelow}}));
  CAPTURE(test.value, test.clear, test.score);
  const Decider decider({{1, 1, "other"}, {test.value, test.clear, "flag"}});
  SeriesScore score;
  score.metric = 1;
  score.score = test.score;
  CHECK(decider.LevelOf(score) == test.level);
  CHECK(decider.threshold(1).source == "flag");
}

}  // namespace socklog::testing
