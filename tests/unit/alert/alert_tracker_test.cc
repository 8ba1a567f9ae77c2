#include "alert/alert_tracker.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

#include "metrics/registry.h"
#include "support/catch.h"
#include "tracker_model.h"

namespace socklog::testing {
namespace {

constexpr Micros kWindow = 10 * kSecond;

// One metric with threshold 0.5 and clear level 0.3, windows of 10 s one after the other from 0.
class Timeline {
 public:
  explicit Timeline(AlertOptions options = {}) : tracker_(options, kWindow, kWindow, scorer_, decider_) {}

  // A window in which keys have these scores; keys that are not named have no data.
  std::vector<Alert> Window(const std::vector<std::pair<std::string, double>>& scores) {
    std::vector<SeriesScore> judged;
    for (const auto& [key, score] : scores) judged.push_back({0, key, score, score, 100, 3});
    return Feed(1, judged);
  }
  // What the letters mean: o over, e equal to the threshold, c equal to the clear level, b below, . no data, of one
  // key.
  std::vector<std::string> Windows(const std::string& letters) {
    std::vector<std::string> texts;
    for (const char letter : letters) {
      const double score = letter == 'o' ? 0.6 : letter == 'e' ? 0.5 : letter == 'c' ? 0.3 : 0.1;
      for (const Alert& alert : letter == '.' ? Window({}) : Window({{"/cart", score}}))
        texts.push_back(AlertText(alert));
    }
    return texts;
  }
  std::vector<std::string> Gap(std::uint64_t windows) {
    std::vector<std::string> texts;
    for (const Alert& alert : Feed(windows, {})) texts.push_back(AlertText(alert));
    return texts;
  }
  AlertTracker& tracker() { return tracker_; }
  std::uint64_t over() const { return over_; }

 private:
  std::vector<Alert> Feed(std::uint64_t windows, const std::vector<SeriesScore>& judged) {
    WindowReport report;
    report.start = now_;
    report.windows = windows;
    now_ += static_cast<Micros>(windows) * kWindow;
    report.end = now_;
    std::vector<Alert> alerts;
    over_ = tracker_.OnWindow(report, judged, &alerts);
    return alerts;
  }

  const Scorer scorer_{{{FindMetric("error_rate_by_url"), 1}}, kWindow};
  const Decider decider_{{{0.5, 0.3, "test"}}};
  AlertTracker tracker_;
  Micros now_ = 0;
  std::uint64_t over_ = 0;
};

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("the life of an alert") {
  struct Case {
    std::string name;
    Micros for_time;
    std::optional<Micros> keep;
    std::string windows;
    Texts alerts;
  };
  const std::vector<Case> cases = {
      {"fires at the first window over", 0, {}, "bo", {"firing over [10,20) 10..20"}},
      {"equal is not over", 0, {}, "eee", {}},
      {"fires once", 0, {}, "ooo", {"firing over [0,10) 0..10"}},
      {"resolves after two windows below, by default",
       0,
       {},
       "obb",
       {"firing over [0,10) 0..10", "resolved below [20,30) 0..10"}},
      {"one window below is not enough", 0, {}, "obob", {"firing over [0,10) 0..10"}},
      {"between the levels it keeps firing", 0, {}, "obebeb", {"firing over [0,10) 0..10"}},
      {"the clear level is below", 0, {}, "occ", {"firing over [0,10) 0..10", "resolved below [20,30) 0..10"}},
      {"no data counts as below", 0, {}, "o..", {"firing over [0,10) 0..10", "resolved no_data [20,30) 0..10"}},
      {"the reason is that of the window in which it resolves",
       0,
       {},
       "o.b",
       {"firing over [0,10) 0..10", "resolved below [20,30) 0..10"}},
      {"and the other way round", 0, {}, "ob.", {"firing over [0,10) 0..10", "resolved no_data [20,30) 0..10"}},
      {"ends_at is the end of the last window over",
       0,
       {},
       "ooebobb",
       {"firing over [0,10) 0..10", "resolved below [60,70) 0..50"}},
      {"fires anew",
       0,
       {},
       "obbo",
       {"firing over [0,10) 0..10", "resolved below [20,30) 0..10", "firing over [30,40) 30..40"}},
      {"for: over by the end of the window", 20 * kSecond, {}, "oo", {"firing over [10,20) 0..20"}},
      {"for: one window is too short", 20 * kSecond, {}, "ob", {}},
      {"for: a window that is not over ends the wait", 20 * kSecond, {}, "oeobo.o", {}},
      {"for: and it starts anew", 20 * kSecond, {}, "oeoo", {"firing over [30,40) 20..40"}},
      {"for: not a multiple of the window", 15 * kSecond, {}, "ooo", {"firing over [10,20) 0..20"}},
      {"for: as long as a window is no wait", 10 * kSecond, {}, "o", {"firing over [0,10) 0..10"}},
      {"keep_firing_for 0: at the first window below",
       0,
       0,
       "ob",
       {"firing over [0,10) 0..10", "resolved below [10,20) 0..10"}},
      {"keep_firing_for 0: between is not below", 0, 0, "oee", {"firing over [0,10) 0..10"}},
      {"keep_firing_for 25 s: the third window",
       0,
       25 * kSecond,
       "obbb",
       {"firing over [0,10) 0..10", "resolved below [30,40) 0..10"}},
      {"keep_firing_for longer than the log", 0, kDay, "obbbbbbbb", {"firing over [0,10) 0..10"}},
  };
  for (const Case& test : cases) {
    CAPTURE(test.name);
    AlertOptions options;
    options.for_time = test.for_time;
    options.keep_firing_for = test.keep;
    Timeline timeline(options);
    CHECK(timeline.Windows(test.windows) == test.alerts);
  }
}

TEST_CASE("gaps: an alert resolves in the window in which it would have") {
  Timeline timeline;
  CHECK(timeline.Windows("o") == Texts{"firing over [0,10) 0..10"});
  CHECK(timeline.Gap(1'000'000'000) == Texts{"resolved no_data [20,30) 0..10"});
  CHECK(timeline.tracker().firing() == 0);

  Timeline begun;
  CHECK(begun.Windows("ob").size() == 1);
  CHECK(begun.Gap(5) == Texts{"resolved no_data [20,30) 0..10"});

  AlertOptions options;
  options.keep_firing_for = kMinute;
  Timeline slow(options);
  CHECK(slow.Windows("o").size() == 1);
  CHECK(slow.Gap(5).empty());
  CHECK(slow.Windows("b") == Texts{"resolved below [60,70) 0..10"});

  options.for_time = 20 * kSecond;
  Timeline pending(options);
  CHECK(pending.Windows("o").empty());
  CHECK(pending.Gap(3).empty());
  CHECK(pending.Windows("o").empty());  // the gap ended the wait
}

TEST_CASE("what an alert says") {
  AlertOptions options;
  options.labels = {{"service", "shop"}};
  options.severity = {{"error_rate_by_url", "critical"}};
  Timeline timeline(options);
  const std::vector<Alert> fired = timeline.Window({{"/cart", 0.6}, {"/fine", 0.1}});
  CHECK(timeline.over() == 1);
  REQUIRE(fired.size() == 1);
  const Alert& firing = fired[0];
  CHECK(firing.status == AlertStatus::kFiring);
  CHECK(firing.severity == "critical");
  CHECK(firing.metric == FindMetric("error_rate_by_url"));
  CHECK(firing.key == "/cart");
  CHECK(firing.labels == options.labels);
  CHECK(firing.value == 0.6);
  CHECK(firing.score == 0.6);
  CHECK(firing.threshold == 0.5);
  CHECK(firing.threshold_source == "test");
  CHECK(firing.samples == 100);
  CHECK(firing.count_error == 3);
  CHECK(firing.reason == "over");
  CHECK_FALSE(firing.summary.empty());
  timeline.Window({});
  CHECK(timeline.over() == 0);
  const std::vector<Alert> ended = timeline.Window({});
  REQUIRE(ended.size() == 1);
  CHECK(ended[0].fingerprint == firing.fingerprint);
  CHECK(ended[0].id != firing.id);
  CHECK(std::isnan(ended[0].value));
  CHECK(std::isnan(ended[0].score));
  CHECK(ended[0].samples == 0);
  CHECK(ended[0].starts_at == firing.starts_at);
}

// Receivers recognise alerts by these; they must never change.
TEST_CASE("fingerprints and ids are fixed") {
  Timeline timeline;
  const std::vector<Alert> alerts = timeline.Window({{"/cart", 0.6}});
  REQUIRE(alerts.size() == 1);
  CHECK(alerts[0].fingerprint == "5421d7460b98c5ec22c982e6f4564a33");
  CHECK(alerts[0].id == "ca2ad1cf557789cf2a6d18c17ae2b6a3");
}

TEST_CASE("a fingerprint is that of labels, metric and key, and of nothing else") {
  const auto fingerprint = [](const std::map<std::string, std::string>& labels, const std::string& key,
                              Micros for_time = 0) {
    AlertOptions options;
    options.labels = labels;
    options.for_time = for_time;
    options.severity = {{"error_rate_by_url", for_time == 0 ? "warning" : "critical"}};
    Timeline timeline(options);
    return timeline.Window({{key, 0.6}}).at(0).fingerprint;
  };
  CHECK(fingerprint({}, "/a") == fingerprint({}, "/a", 1));
  CHECK(fingerprint({}, "/a") != fingerprint({}, "/b"));
  CHECK(fingerprint({{"x", "y"}}, "/a") != fingerprint({}, "/a"));
  CHECK(fingerprint({{"x", "yz"}}, "/a") != fingerprint({{"xy", "z"}}, "/a"));
  CHECK(fingerprint({{"x", "y"}}, "") != fingerprint({}, "xy"));
}

TEST_CASE("the same series fires twice with two ids") {
  Timeline timeline;
  const std::string first = timeline.Window({{"/cart", 0.6}}).at(0).id;
  timeline.Windows("bb");
  CHECK(timeline.Window({{"/cart", 0.6}}).at(0).id != first);
}

TEST_CASE("alerts of one window come by metric, then key, whatever the order of the scores") {
  const Scorer scorer(
      {{FindMetric("request_rate"), 1}, {FindMetric("error_rate_by_url"), 1}, {FindMetric("error_rate"), 1}}, kWindow);
  const Decider decider({{0.5, 0.5, ""}, {0.5, 0.5, ""}, {0.5, 0.5, ""}});
  std::vector<SeriesScore> judged = {
      {0, "", 1, 1, 1, 0}, {1, "/b", 1, 1, 1, 0}, {1, "/a", 1, 1, 1, 0}, {2, "", 1, 1, 1, 0}};
  do {
    AlertTracker tracker({}, kWindow, kWindow, scorer, decider);
    WindowReport report;
    report.end = kWindow;
    std::vector<Alert> alerts(1);  // of an earlier window; stays where it is
    alerts[0].metric = FindMetric("request_rate");
    alerts[0].window_end = kDay;
    CHECK(tracker.OnWindow(report, judged, &alerts) == 4);
    std::vector<std::string> order;
    for (const Alert& alert : alerts) order.push_back(std::string(alert.metric->name) + alert.key);
    REQUIRE(order == std::vector<std::string>{"request_rate", "error_rate", "error_rate_by_url/a",
                                              "error_rate_by_url/b", "request_rate"});
  } while (std::next_permutation(judged.begin(), judged.end(), [](const SeriesScore& a, const SeriesScore& b) {
    return std::tie(a.metric, a.key) < std::tie(b.metric, b.key);
  }));
}

TEST_CASE("alerts that resolve in one gap come in the order of their windows") {
  Timeline timeline;
  timeline.Window({{"/a", 0.1}, {"/b", 0.6}});
  timeline.Window({{"/a", 0.6}, {"/b", 0.1}});
  CHECK(timeline.Gap(10) == Texts{"resolved no_data [20,30) 0..10", "resolved no_data [30,40) 10..20"});
}

TEST_CASE("a new threshold resolves nothing, the next windows do") {
  Timeline timeline;
  timeline.Windows("o");
  SnapshotWriter writer;
  timeline.tracker().Encode(&writer);
  const Scorer scorer({{FindMetric("error_rate"), 1}, {FindMetric("error_rate_by_url"), 1}}, kWindow);
  const Decider decider({{0.5, 0.5, ""}, {0.9, 0.9, "new"}});
  AlertTracker tracker({}, kWindow, kWindow, scorer, decider);
  SnapshotReader reader(writer.bytes());
  tracker.Decode(&reader);
  REQUIRE((reader.ok() && reader.at_end()));
  CHECK(tracker.firing() == 1);
  std::vector<Alert> alerts;
  WindowReport report;
  for (int i = 1; i <= 2; ++i) {
    report.start = i * kWindow;
    report.end = report.start + kWindow;
    tracker.OnWindow(report, {{1, "/cart", 0.6, 0.6, 100, 0}}, &alerts);
  }
  REQUIRE(alerts.size() == 1);
  CHECK(AlertText(alerts[0]) == "resolved below [20,30) 0..10");
  CHECK(alerts[0].threshold == 0.9);
}

TEST_CASE("state of a metric that is not judged any more is left out") {
  Timeline timeline;
  timeline.Windows("o");
  SnapshotWriter writer;
  timeline.tracker().Encode(&writer);
  const Scorer scorer({{FindMetric("error_rate"), 1}}, kWindow);
  const Decider decider({{0.5, 0.5, ""}});
  AlertTracker tracker({}, kWindow, kWindow, scorer, decider);
  SnapshotReader reader(writer.bytes());
  tracker.Decode(&reader);
  CHECK(reader.ok());
  CHECK(tracker.firing() == 0);
}

TEST_CASE("a damaged state") {
  Timeline timeline;
  timeline.Windows("o");
  SnapshotWriter writer;
  timeline.tracker().Encode(&writer);
  for (std::size_t size = 0; size < writer.bytes().size(); ++size) {
    Timeline other;
    SnapshotReader reader(std::string_view(writer.bytes()).substr(0, size));
    other.tracker().Decode(&reader);
    CHECK_FALSE(reader.ok());
  }
  // A series that is there twice fires once.
  SnapshotWriter doubled;
  doubled.U64(2);
  const std::string one = writer.bytes().substr(8);
  const std::string bytes = doubled.bytes() + one + one;
  SnapshotReader twice(bytes);
  Timeline other;
  other.tracker().Decode(&twice);
  CHECK(other.tracker().firing() == 1);
}

}  // namespace socklog::testing
