#include "pipeline/sample_watch.h"

#include <limits>

#include "metrics/registry.h"
#include "support/catch.h"

namespace socklog::testing {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// A window of that many requests, all to one URL but for one.
WindowReport Window(std::uint64_t requests) {
  WindowReport report;
  report.windows = 1;
  report.total.requests = requests;
  if (requests < 2) return report;
  KeyedCell url{"/a", {}, 0};
  url.cell.requests = requests - 1;
  report.dimensions[static_cast<std::size_t>(Dimension::kUrl)].keys = {url};
  return report;
}

Decider WithThresholds(double error_rate, double by_url) { return Decider({{error_rate, 0, ""}, {by_url, 0, ""}}); }

const Scorer& SomeScorer() {
  static const Scorer scorer({{FindMetric("error_rate"), 20}, {FindMetric("error_rate_by_url"), 10}}, 10 * kSecond);
  return scorer;
}

// That the metric, an index into SomeScorer's, had enough samples.
std::vector<bool> Judged(std::size_t metric) { return {metric == 0, metric == 1}; }

const std::vector<bool> kNone = {false, false};

}  // namespace

TEST_CASE("a run that never had enough samples says how near it came") {
  const Decider decider = WithThresholds(0.2, 0.5);
  SampleWatch watch(SomeScorer(), decider, false);
  CHECK(watch.Text().empty());
  watch.Add(Window(0), kNone);
  CHECK(watch.Text().empty());
  watch.Add(Window(1), kNone);
  CHECK(watch.Text() ==
        "too few requests to judge error_rate: of 1 window the fullest had 1 of the 20 that error_rate takes; make "
        "--window longer, or lower --min-samples\n");
  watch.Add(Window(9), kNone);
  watch.Add(Window(3), kNone);
  CHECK(watch.Text() ==
        "too few requests to judge error_rate, error_rate_by_url: of 3 windows the fullest had 8 of the 10 that "
        "error_rate_by_url takes; make --window longer, or lower --min-samples\n");
  watch.Add(Window(30), Judged(0));
  CHECK(watch.Text().empty());  // that no key has so many is usual
}

TEST_CASE("what a thresholds file decides is changed where that is made") {
  const Decider decider = WithThresholds(0.2, 0.5);
  SampleWatch watch(SomeScorer(), decider, true);
  watch.Add(Window(1), kNone);
  CHECK(watch.Text().find("make thresholds with a longer --window, or with lower --min-samples\n") !=
        std::string::npos);
}

TEST_CASE("that a global metric is never judged is told, whatever else is") {
  const Decider decider = WithThresholds(0.2, 0.5);
  SampleWatch watch(SomeScorer(), decider, false);
  watch.Add(Window(15), Judged(1));
  CHECK(watch.Text().find("too few requests to judge error_rate: of 1 window the fullest had 15 of the 20") == 0);
  watch.Add(Window(25), Judged(0));
  CHECK(watch.Text().empty());
}

TEST_CASE("a metric without a threshold judges nothing, however many its samples") {
  const Decider some = WithThresholds(kInfinity, 0.5);
  SampleWatch watch(SomeScorer(), some, false);
  watch.Add(Window(9), Judged(0));
  CHECK(watch.Text().find("too few requests to judge error_rate_by_url: of 1 window the fullest had 8") == 0);
  const Decider none = WithThresholds(kInfinity, kInfinity);
  SampleWatch idle(SomeScorer(), none, false);
  idle.Add(Window(1000), Judged(0));
  CHECK(idle.Text().find("no metric has a threshold") != std::string::npos);
}

}  // namespace socklog::testing
