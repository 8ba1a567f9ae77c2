#include "pipeline/run_summary.h"

#include <limits>

#include "support/catch.h"

namespace socklog::testing {
namespace {

RunSummary SomeSummary() {
  RunSummary summary;
  summary.lines.malformed = 1;
  summary.lines.counted = 1000;
  summary.lines.late = 3;
  summary.lines.ahead = 4;
  summary.lines.ignored = 5;
  summary.lines.outside = 6;
  summary.lines.late_after_idle = 2;
  summary.lines.slow_path = 7;
  summary.windows = {90, 80, 8, 9, 2, 1};
  summary.open_windows = 1;
  summary.evicted_keys = 1234;
  summary.malformed_samples = {"log:7: no request: \\x16\""};
  return summary;
}

bool Has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("the summary as JSON") {
  CHECK(
      SummaryJson(SomeSummary()) ==
      R"({"type":"socklog.summary.v1","lines":1019,"parsed":1018,"malformed":1,"counted":1000,"late":3,"ahead":4,"ignored":5,"outside":6,)"
      R"("late_after_idle":2,"lost_offsets":0,"lag":0,"windows":90,"windows_judged":80,"windows_alerting":8,"windows_firing":9,"open_windows":1,"alerts_fired":2,)"
      R"("alerts_resolved":1,"slow_path":7,"evicted_keys":1234,"malformed_samples":["log:7: no request: \\x16\""]})"
      "\n");
}

TEST_CASE("what thresholds add") {
  RunSummary summary;
  summary.holdout = HoldoutSummary{300, 0.01, 0.005, std::numeric_limits<double>::quiet_NaN()};
  CHECK(Has(SummaryJson(summary), R"("holdout_windows":300,"holdout_alert_rate":0.01,"holdout_ci":[0.005,null]})"));
  CHECK_FALSE(Has(SummaryJson({}), "holdout"));
}

TEST_CASE("the summary for people") {
  CHECK(SummaryText(SomeSummary()) ==
        "2 alerts (1 resolved), 8 of 80 judged windows over a threshold (10.00 %), 1 window open\n"
        "1,019 lines: 1 malformed (0.098 %), 3 late, 4 with a time from the future, 5 ignored ([[ignore]], or no "
        "requests), 6 outside --since and "
        "--until\n"
        "1,234 rare keys were evicted (--max-keys)\n"
        "  malformed: log:7: no request: \\x16\"\n");
  CHECK(SummaryText({}) ==
        "0 alerts (0 resolved), 0 of 0 judged windows over a threshold (0.00 %)\n0 lines: 0 malformed (0.00 %), 0 "
        "late\n");
  RunSummary one;
  one.lines.counted = 1;
  one.windows.alerts_fired = 1;
  one.windows.windows_judged = 1;
  CHECK(SummaryText(one) ==
        "1 alert (0 resolved), 0 of 1 judged window over a threshold (0.00 %)\n1 line: 0 malformed (0.00 %), 0 late\n");
  one.lag = 1200;
  CHECK(Has(SummaryText(one), ", 1,200 records not read yet\n"));
  CHECK(Has(SummaryJson(one), R"("lag":1200)"));
  one.evicted_keys = 1;
  CHECK(Has(SummaryText(one), "\n1 rare key was evicted (--max-keys)\n"));
}

TEST_CASE("the first three malformed lines are shown, short and harmless") {
  MalformedSamples samples;
  samples.Add("a\nb", 7, "\x16\x03\x1b[31m", "no request");
  samples.Add("log", 8, std::string(200, 'x'), "why");
  samples.Add("log", 9, std::string(1000, 'x') + " end", "why");
  samples.Add("log", 10, "not shown", "why");
  REQUIRE(samples.lines().size() == 3);
  CHECK(samples.lines()[0] == "a\\x0Ab:7: no request: \\x16\\x03\\x1B[31m");
  CHECK(samples.lines()[1] == "log:8: why: " + std::string(200, 'x'));
  CHECK(samples.lines()[2] == "log:9: why: " + std::string(120, 'x') + "…" + std::string(76, 'x') + " end");
}

TEST_CASE("counters read back as they were") {
  SnapshotWriter writer;
  SomeSummary().lines.Encode(&writer);
  SomeSummary().windows.Encode(&writer);
  SnapshotReader reader(writer.bytes());
  RunSummary read = SomeSummary();
  read.lines = {};
  read.windows = {};
  read.lines.Decode(&reader);
  read.windows.Decode(&reader);
  CHECK((reader.ok() && reader.at_end()));
  CHECK(SummaryJson(read) == SummaryJson(SomeSummary()));
}

TEST_CASE("a warning when more than one line in a hundred is late") {
  LatenessHistogram lateness;
  for (int i = 0; i < 900; ++i) lateness.Add(0);
  for (int i = 0; i < 100; ++i) lateness.Add(90 * kSecond);
  LineCounters lines;
  lines.counted = 990;
  lines.late = 10;
  CHECK(LineWarnings(lines, lateness, 5 * kSecond).empty());
  lines.late = 11;
  CHECK(LineWarnings(lines, lateness, 5 * kSecond) ==
        std::vector<std::string>{
            "1.10 % of the lines came too late for their window; --lateness 1m31s would have kept 99.9 %"});
  CHECK(LineWarnings(lines, lateness, 2 * kMinute) ==
        std::vector<std::string>{"1.10 % of the lines came too late for their window: an input began when the time of "
                                 "the others had passed by"});
  CHECK(LineWarnings({}, {}, 0).empty());
}

TEST_CASE("a warning when most lines are malformed, which looks like a quiet day") {
  LineCounters lines;
  lines.counted = 50;
  lines.malformed = 50;
  CHECK(LineWarnings(lines, {}, 0).empty());
  lines.malformed = 51;
  CHECK(LineWarnings(lines, {}, 0) ==
        std::vector<std::string>{"50.50 % of the lines are malformed: is --log-format that of this log?"});
}

}  // namespace socklog::testing
