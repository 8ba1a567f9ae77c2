// The thresholds file: round trip, mistakes, contradictions.
#include <cmath>
#include <limits>

#include "helpers.h"
#include "support/catch.h"

namespace socklog {
namespace {

ThresholdSet Sample() {
  ThresholdSet set;
  set.entries = {
      {.metric = "error_rate", .threshold = 0.1 + 0.2, .min_samples = 20, .calibrated = true, .judged_windows = 8640},
      {.metric = "request_rate_by_client",
       .threshold = 12,
       .min_samples = 3,
       .calibrated = false,
       .judged_windows = 17},
      {.metric = "throttled_rate", .threshold = 1e-9, .min_samples = 20, .calibrated = true, .judged_windows = 8640}};
  set.window.window = kMinute;
  set.window.slide = 10 * kSecond;
  set.window.lateness = 1500 * kMillisecond;
  set.window.event_time = EventTime::kEnd;
  set.keys.user = "header:X-User";
  set.keys.client = "header:X-Forwarded-For";
  set.keys.ipv6_prefix = 56;
  set.keys.url = {{"/cart/\\d+ \"quoted\"\n\t\x01", "/cart/\u00e9"}, {"a", "b\\0"}};
  set.keys.errors = {{500, 599}, {429, 429}};
  set.budget = 0.005;
  set.holdout_alert_rate = 0.0123456789012345678;
  set.holdout_ci_low = 0.001;
  set.holdout_ci_high = 1.0 / 3;
  set.windows_judged = 8640;
  set.holdout_windows = 2592;
  set.made_from = "2026-01-01T00:00:00Z .. 2026-01-02T00:00:00Z";
  return set;
}

ThresholdSet Reload(const ThresholdSet& set) {
  const TempDir dir;
  const Built built = Build(kCommandAnalyze, {{"thresholds", dir.Write("t.toml", FormatThresholds(set))}});
  INFO(built.text);
  REQUIRE_FALSE(built.wrong);
  return built.thresholds;
}

TEST_CASE("what is written is read back the same") {
  const ThresholdSet set = Sample();
  const ThresholdSet read = Reload(set);
  REQUIRE(read.entries.size() == set.entries.size());
  for (const ThresholdEntry& entry : set.entries) {
    const auto same = [&](const ThresholdEntry& other) {
      return other.metric == entry.metric && other.threshold == entry.threshold &&
             other.min_samples == entry.min_samples && other.calibrated == entry.calibrated &&
             other.judged_windows == entry.judged_windows;
    };
    INFO(entry.metric);
    CHECK(std::count_if(read.entries.begin(), read.entries.end(), same) == 1);
  }
  CHECK(read.window.window == set.window.window);
  CHECK(read.window.slide == set.window.slide);
  CHECK(read.window.lateness == set.window.lateness);
  CHECK(read.window.event_time == set.window.event_time);
  CHECK(read.keys.user == set.keys.user);
  CHECK(read.keys.client == set.keys.client);
  CHECK(read.keys.ipv6_prefix == set.keys.ipv6_prefix);
  REQUIRE(read.keys.url.size() == 2);
  CHECK(read.keys.url[0].match == set.keys.url[0].match);
  CHECK(read.keys.url[0].to == set.keys.url[0].to);
  CHECK(read.keys.url[1].to == set.keys.url[1].to);
  REQUIRE(read.keys.errors.size() == 2);
  CHECK(read.keys.errors[0].last == 599);
  CHECK(read.keys.errors[1].first == 429);
  CHECK(read.budget == set.budget);
  CHECK(read.holdout_alert_rate == set.holdout_alert_rate);
  CHECK(read.holdout_ci_low == set.holdout_ci_low);
  CHECK(read.holdout_ci_high == set.holdout_ci_high);
  CHECK(read.windows_judged == set.windows_judged);
  CHECK(read.holdout_windows == set.holdout_windows);
  CHECK(read.made_from == set.made_from);
  CHECK(read.source.substr(0, 7) == "t.toml ");
  CHECK(read.source.size() == 15);
  CHECK(FormatThresholds(read) == FormatThresholds(set));
}

TEST_CASE("nothing held out, and a metric without a threshold") {
  ThresholdSet set = Sample();
  set.keys.url.clear();
  set.holdout_alert_rate = std::numeric_limits<double>::quiet_NaN();
  set.window.slide = 0;
  set.entries.push_back({.metric = "request_rate", .threshold = -1});
  const ThresholdSet read = Reload(set);
  CHECK(std::isnan(read.holdout_alert_rate));
  CHECK(read.window.slide_or_window() == kMinute);
  CHECK(read.entries.size() == 3);
}

TEST_CASE("default thresholds are marked") {
  const std::string text = FormatThresholds(Sample());
  CHECK(text.find("uncalibrated = [\"request_rate_by_client\"]\n") != std::string::npos);
  CHECK(text.find("request_rate_by_client = 12  # requests/s, the default\n") != std::string::npos);
}

TEST_CASE("mistakes in a thresholds file have their place") {
  const std::string good = FormatThresholds(Sample());
  REQUIRE(Check(good).empty());
  const struct {
    std::string from;
    std::string to;
    std::string text;  // a piece of it
  } cases[] = {
      {"window = \"1m\"", "window = \"soon\"", "'soon' is not a length of time"},
      {"window = \"1m\"", "window = \"15s\"", "the slide 10s does not divide the window 15s"},
      {"window = \"1m\"", "", "'window' is missing in [made_with]"},
      {"window = \"1m\"", "window = 60", "expected a string, found an integer"},
      {"lateness", "lateless", "unknown key 'lateless' in [made_with] (did you mean 'lateness'?)"},
      {"[threshold]\nerror_rate = 0.30000000000000004", "[threshold]\nerror_rate = 1.5", "error_rate is a ratio"},
      {"[threshold]\nerror_rate = ", "[threshold]\nerror_rat = ",
       "unknown metric 'error_rat' (did you mean 'error_rate'?)"},
      {"[min_samples]\nerror_rate = 20", "[min_samples]\nerror_rate = 0", "at least 1"},
      {"[min_samples]\nerror_rate = 20", "[min_samples]\nrequest_rate = 20",
       "'request_rate' has no value in [threshold]"},
      {"uncalibrated = [\"request_rate_by_client\"]", "uncalibrated = [\"request_rate\"]",
       "'request_rate' has no value in [threshold]"},
      {"budget = 0.005", "budget = 2", "outside 0 to 100 %: 1 is 100 %; write 2% or 0.02"},
      {"holdout_ci = [", "holdout_ci = [0, ", "an array of two shares"},
      {"[judged_windows]", "[jugded_windows]", "unknown key 'jugded_windows' (did you mean 'judged_windows'?)"},
      {"ipv6_prefix = 56", "ipv6_prefix = 0", "from 1 to 128"},
      {"match = \"a\"", "match = \"(\"", "not an RE2 expression"},
      {"thresholds.v1", "thresholds.v9", "no thresholds file of this version"},
  };
  for (const auto& c : cases) {
    std::string text = good;
    REQUIRE(text.find(c.from) != std::string::npos);
    text.replace(text.find(c.from), c.from.size(), c.to);
    const std::string found = Check(text);
    INFO(c.to << ": " << found);
    CHECK(found.find(c.text) != std::string::npos);
    CHECK(found.find("error c.toml:") == 0);
  }
}

TEST_CASE("a thresholds file that is none is told") {
  const TempDir dir;
  CHECK(Build(kCommandAnalyze, {{"thresholds", dir.Path("none")}}).text.find("cannot be opened") != std::string::npos);
  CHECK(Build(kCommandAnalyze, {{"thresholds", dir.Write("c.toml", "window = \"10s\"\n")}})
            .text.find("it has no type = ") != std::string::npos);
}

TEST_CASE("analyze takes windows, keys and metrics from the thresholds file") {
  const TempDir dir;
  const std::string path = dir.Write("t.toml", FormatThresholds(Sample()));
  const Built built = Build(kCommandAnalyze, {{"thresholds", path}});
  CHECK(built.text.empty());
  CHECK(built.options.window.window == kMinute);
  CHECK(built.options.window.slide == 10 * kSecond);
  CHECK(built.options.window.event_time == EventTime::kEnd);
  CHECK(built.options.keys.user == "header:X-User");
  CHECK(built.options.keys.errors.size() == 2);
  CHECK(built.options.analyze.metrics ==
        std::vector<std::string>{"error_rate", "request_rate_by_client", "throttled_rate"});
  CHECK(built.options.analyze.min_samples.at("request_rate_by_client") == 3);
  CHECK(built.thresholds.entries.size() == 3);

  CHECK(Build(kCommandAnalyze, {{"thresholds", path}, {"metrics", "error_rate"}}).options.analyze.metrics ==
        std::vector<std::string>{"error_rate"});
  CHECK(
      Build(kCommandAnalyze, {{"thresholds", path}, {"threshold", "request_rate=5"}}).options.analyze.metrics.back() ==
      "request_rate");
}

TEST_CASE("a setting that contradicts the thresholds file is an error, an equal one is not") {
  const TempDir dir;
  const std::string path = dir.Write("t.toml", FormatThresholds(Sample()));
  const struct {
    FlagUse flag;
    std::string mine;
    std::string file;
  } cases[] = {
      {{"window", "30s"}, "30s", "1m"},
      {{"slide", "20s"}, "20s", "10s"},
      {{"lateness", "5s"}, "5s", "1s500ms"},
      {{"event-time", "start"}, "start", "end"},
      {{"user-key", "user"}, "user", "header:X-User"},
      {{"client-key", "client"}, "client", "header:X-Forwarded-For"},
      {{"ipv6-prefix", "64"}, "64", "56"},
      {{"errors", "400-599"}, "400-599", "500-599,429"},
      {{"min-samples", "error_rate=5"}, "error_rate=5", "error_rate=20"},
  };
  for (const auto& c : cases) {
    const Built built = Build(kCommandAnalyze, {{"thresholds", path}, c.flag});
    INFO(built.text);
    CHECK(built.wrong);
    CHECK(built.text.find("error --" + c.flag.name + ": " + c.mine + " contradicts the thresholds of t.toml ") == 0);
    CHECK(built.text.find("which were made with " + c.file + ":") != std::string::npos);
  }
  const Built equal = Build(kCommandAnalyze, {{"thresholds", path},
                                              {"window", "60s"},
                                              {"slide", "10s"},
                                              {"lateness", "1500ms"},
                                              {"event-time", "end"},
                                              {"errors", "500-599,429"},
                                              {"min-samples", "error_rate=20"}});
  CHECK(equal.text.empty());
  const std::string config = dir.Write("c.toml", "window = \"1m\"\n[analyze]\nthresholds = \"" + path +
                                                     "\"\nlateness = \"2s\"\n[[keys.url]]\nmatch = 'x'\nto = 'y'\n");
  const Built file = Build(kCommandAnalyze, {{"config", config}});
  CHECK(file.text.find("c.toml:4:12: 2s contradicts the thresholds of t.toml ") != std::string::npos);
  CHECK(file.text.find("c.toml:5:1: 1 URL rule") != std::string::npos);
  CHECK(file.text.find("c.toml:1:") == std::string::npos);
}

TEST_CASE("a thresholds file with mistakes is told by its own lines") {
  const TempDir dir;
  const std::string path = dir.Write("t.toml", "type = \"socklog.thresholds.v1\"\n[threshold]\nx = 1\n");
  CHECK(Build(kCommandAnalyze, {{"thresholds", path}}).text.find(path + ":3:1: unknown metric 'x'") !=
        std::string::npos);
  CHECK(Build(kCommandAnalyze, {{"thresholds", dir.Path("none")}})
            .text.find("error --thresholds: " + dir.Path("none") + " cannot be opened") == 0);
  // Its own lines keep their file's name, whatever the order in a configuration.
  Diagnostics diagnostics;
  CheckText("c.toml", "[analyze]\nthresholds = \"" + path + "\"\n", {}, &diagnostics);
  CHECK(Text(diagnostics).find(path + ":3:1: ") != std::string::npos);
}

}  // namespace
}  // namespace socklog
