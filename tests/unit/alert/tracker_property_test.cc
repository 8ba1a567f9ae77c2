// Random windows: alerts are those of the model, also across Encode and Decode after any window.
#include <algorithm>
#include <iterator>
#include <map>

#include "alert/alert_json.h"
#include "alert/alert_tracker.h"
#include "base/hash.h"
#include "metrics/registry.h"
#include "support/catch.h"
#include "tracker_model.h"

namespace socklog::testing {
namespace {

struct Shape {
  Micros window;
  Micros slide;
};

const std::vector<std::string> kKeys = {"/a", "/b", "/c"};
constexpr double kScores[] = {0.6, 0.4, 0.1};  // over, between, below

// A stream of windows and gaps, and what each key was seen as in each single window.
struct Stream {
  std::vector<WindowReport> reports;
  std::vector<std::vector<SeriesScore>> judged;  // views into kKeys
  std::map<std::string, std::vector<SeenWindow>> seen;
};

Stream RandomStream(const Shape& shape, SplitMix64* random) {
  Stream stream;
  Micros start = static_cast<Micros>(random->Below(100)) * shape.slide - 50 * shape.slide;
  std::map<std::string, std::uint64_t> mood;  // keys stay over or below for a while
  for (int i = 0; i < 60; ++i) {
    WindowReport report;
    report.start = start;
    report.windows = random->Below(15) == 0 ? 1 + random->Below(30) : 1;
    report.end = start + static_cast<Micros>(report.windows - 1) * shape.slide + shape.window;
    std::vector<SeriesScore> judged;
    for (const std::string& key : kKeys) {
      if (random->Below(4) == 0) mood[key] = random->Below(4);
      const bool silent = report.windows > 1 || mood[key] == 3;
      if (!silent) judged.push_back({0, key, kScores[mood[key]], kScores[mood[key]], 100, 0});
      for (std::uint64_t w = 0; w < report.windows; ++w) {
        const Micros window_start = start + static_cast<Micros>(w) * shape.slide;
        const Seen seen = silent           ? Seen::kNoData
                          : mood[key] == 0 ? Seen::kOver
                          : mood[key] == 1 ? Seen::kBetween
                                           : Seen::kBelow;
        stream.seen[key].push_back({window_start, window_start + shape.window, seen});
      }
    }
    start += static_cast<Micros>(report.windows) * shape.slide;
    stream.reports.push_back(report);
    stream.judged.push_back(std::move(judged));
  }
  return stream;
}

}  // namespace

TEST_CASE(
    "alerts are those of the model, and of a run that was restarted after every window and told only what concerns "
    "it") {
  const Scorer scorer({{FindMetric("error_rate_by_url"), 1}}, kSecond);
  const Decider decider({{0.5, 0.3, "test"}});
  const Shape shape =
      GENERATE(Shape{10 * kSecond, 10 * kSecond}, Shape{10 * kSecond, 5 * kSecond}, Shape{60 * kSecond, 10 * kSecond});
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    CAPTURE(shape.window, shape.slide, seed);
    SplitMix64 random(seed);
    const Stream stream = RandomStream(shape, &random);
    AlertOptions options;
    options.for_time = static_cast<Micros>(random.Below(4)) * 13 * kSecond;
    if (random.Below(3) > 0) options.keep_firing_for = static_cast<Micros>(random.Below(5)) * 17 * kSecond;

    AlertTracker tracker(options, shape.window, shape.slide, scorer, decider);
    std::vector<Alert> alerts, restarted;
    std::string state;
    std::uint64_t fired = 0, resolved = 0;
    for (std::size_t i = 0; i < stream.reports.size(); ++i) {
      const std::size_t before = alerts.size();
      tracker.OnWindow(stream.reports[i], stream.judged[i], &alerts);
      for (std::size_t a = before; a < alerts.size(); ++a)
        ++(alerts[a].status == AlertStatus::kFiring ? fired : resolved);
      REQUIRE(tracker.firing() == fired - resolved);

      AlertTracker next(options, shape.window, shape.slide, scorer, decider);
      if (!state.empty()) {
        SnapshotReader reader(state);
        next.Decode(&reader);
        REQUIRE((reader.ok() && reader.at_end()));
      }
      std::vector<SeriesScore> concerning;
      std::copy_if(stream.judged[i].begin(), stream.judged[i].end(), std::back_inserter(concerning),
                   [&](const SeriesScore& score) { return next.Concerns(score); });
      next.OnWindow(stream.reports[i], concerning, &restarted);
      SnapshotWriter writer;
      next.Encode(&writer);
      state = writer.bytes();
    }

    std::string text, restarted_text;
    for (const Alert& alert : alerts) AppendAlertJson(alert, &text);
    for (const Alert& alert : restarted) AppendAlertJson(alert, &restarted_text);
    REQUIRE(restarted_text == text);
    for (const std::string& key : kKeys) {
      std::vector<std::string> texts;
      for (const Alert& alert : alerts) {
        if (alert.key == key) texts.push_back(AlertText(alert));
      }
      REQUIRE(texts ==
              ModelAlerts(stream.seen.at(key), options.for_time, options.keep_firing_for.value_or(2 * shape.window)));
    }
  }
}

}  // namespace socklog::testing
