// The meaning of time (docs/architecture.md, "Time"), statement by statement.
#include <limits>
#include <span>

#include "feeder.h"
#include "support/catch.h"

namespace socklog::testing {
namespace {

using Texts = std::vector<std::string>;

struct Outcome {
  Texts windows;
  std::string counters;
};

Outcome Run(const WindowShape& shape, const std::vector<Lines>& partitions) {
  Feeder feeder(shape, partitions);
  feeder.Finish();
  return {feeder.windows, feeder.counters()};
}

constexpr Micros kNever = std::numeric_limits<Micros>::max();

WindowShape BareShape(Micros slide = 0) {
  WindowShape shape = SmallShape(slide);
  shape.dimensions = {true, false, false, false};
  return shape;
}

std::string Counted(int counted, int late = 0, int ahead = 0) {
  LineCounters counters;
  counters.counted = static_cast<std::uint64_t>(counted);
  counters.late = static_cast<std::uint64_t>(late);
  counters.ahead = static_cast<std::uint64_t>(ahead);
  return CountersText(counters);
}

}  // namespace

TEST_CASE("windows are aligned to the epoch, before 1970 too") {
  struct Case {
    Micros window, slide;
    double at;
    Texts windows;
  };
  const auto test = GENERATE(values<Case>({
      {10 * kSecond, 0, 0, {"[0,10) 1/0"}},
      {10 * kSecond, 0, 9.999999, {"[0,10) 1/0"}},
      {10 * kSecond, 0, 10, {"[10,20) 1/0"}},
      {10 * kSecond, 0, -0.000001, {"[-10,0) 1/0"}},
      {10 * kSecond, 0, -10, {"[-10,0) 1/0"}},
      {10 * kSecond, 0, -10.5, {"[-20,-10) 1/0"}},
      {7 * kSecond, 0, 1'000'000, {"[999999,1000006) 1/0"}},
      {kDay, 0, 86'399, {"[0,86400) 1/0"}},
      {10 * kSecond, 5 * kSecond, 12, {"[5,15) 1/0", "[10,20) 1/0"}},
      {10 * kSecond, 5 * kSecond, -3, {"[-10,0) 1/0", "[-5,5) 1/0"}},
      {3 * kSecond, 1 * kSecond, 0, {"[-2,1) 1/0", "[-1,2) 1/0", "[0,3) 1/0"}},
      {10 * kSecond, 10 * kSecond, 12, {"[10,20) 1/0"}},
  }));
  CAPTURE(test.window, test.slide, test.at);
  WindowShape shape = BareShape(test.slide);
  shape.options.window = test.window;
  CHECK(Run(shape, {{LineAt(test.at)}}).windows == test.windows);
}

TEST_CASE("a line is late when it is before its own partition's maximum minus the lateness") {
  struct Case {
    double time;
    int late;
  };
  const auto test = GENERATE(values<Case>({{119, 0}, {114, 0}, {113.999999, 1}, {100, 1}, {-1e9, 1}}));
  CAPTURE(test.time);
  CHECK(Run(BareShape(), {EverySecond(100, 119) + Lines{LineAt(test.time)}}).counters ==
        Counted(21 - test.late, test.late));
}

TEST_CASE("late is relative to the own partition, whatever another one has seen") {
  const Lines fast = EverySecond(1000, 1030);
  const Lines slow = EverySecond(0, 30);
  CHECK(Run(BareShape(), {fast, slow}).counters == Counted(62));
}

TEST_CASE("a late line does not move the maximum, an ignored one does") {
  ModelLine ignored = LineAt(130);
  ignored.ignored = true;
  const Outcome outcome = Run(BareShape(), {EverySecond(100, 119) + Lines{ignored, LineAt(124.9), LineAt(125)}});
  CHECK(outcome.windows == Texts{"[100,110) 10/0", "[110,120) 10/0", "[120,130) 1/0", "[130,140) 0/0"});
  CHECK(outcome.counters == "malformed 0, counted 21, late 1, ahead 0, ignored 1, outside 0, late_after_idle 0");
}

TEST_CASE("a window closes when the lowest maximum minus the lateness reaches its end") {
  Feeder feeder(BareShape(), {EverySecond(0, 40), EverySecond(0, 40)});
  for (int i = 0; i < 41; ++i) feeder.Step(0);
  CHECK(feeder.windows.empty());  // the other one has no time yet
  for (int i = 0; i < 15; ++i) feeder.Step(1);
  CHECK(feeder.windows.empty());  // 15 times: its first maximum is not known
  feeder.Step(1);                 // maximum 15
  CHECK(feeder.windows == Texts{"[0,10) 20/0"});
  for (int i = 0; i < 9; ++i) feeder.Step(1);
  CHECK(feeder.windows.size() == 1);  // 24
  feeder.Step(1);                     // 25
  CHECK(feeder.windows.size() == 2);
}

TEST_CASE("an ended partition leaves the minimum") {
  Feeder feeder(BareShape(), {EverySecond(0, 40), EverySecond(0, 15)});
  for (int i = 0; i < 41; ++i) feeder.Step(0);
  for (int i = 0; i < 16; ++i) feeder.Step(1);
  CHECK(feeder.windows.size() == 1);
  feeder.Step(1);  // the end
  CHECK(feeder.windows == Texts{"[0,10) 20/0", "[10,20) 16/0", "[20,30) 10/0"});
}

TEST_CASE("the first maximum is the smallest of the first 16 times") {
  SECTION("a stray first line from the future makes no other line late") {
    const Outcome outcome = Run(BareShape(), {Lines{LineAt(4e9)} + EverySecond(100, 120)});
    CHECK(outcome.counters == Counted(21, 0, 1));
    CHECK(outcome.windows == Texts{"[100,110) 10/0", "[110,120) 10/0", "[120,130) 1/0"});
  }
  SECTION("a stray first line from 1970 makes the others held, and they are right") {
    const Outcome outcome = Run(BareShape(), {Lines{LineAt(0)} + EverySecond(1'000'000, 1'000'020)});
    CHECK(outcome.counters == Counted(22));
    CHECK(outcome.windows.size() == 1 + 6 + 1 + 3);
    CHECK(outcome.windows.front() == "[0,10) 1/0");
    CHECK(outcome.windows[7] == "[70,1000000) x99993 0/0");
  }
  SECTION("out of order at the start: nobody is late who would not be later on") {
    Lines lines;
    for (int i = 0; i < 16; ++i) lines.push_back(LineAt(100 + (i * 7) % 16));
    const Outcome outcome = Run(BareShape(), {lines});
    // 100 107 114 105 112 103 110 101 108 115 106 113 104 111 102 109: the maximum starts at 100 and follows them
    CHECK(outcome.counters == Counted(8, 8));
  }
  SECTION("malformed lines and lines outside --since do not count among them") {
    WindowShape shape = BareShape();
    shape.since = 0;
    Lines lines;
    for (int i = 0; i < 20; ++i) lines.push_back(i % 2 == 0 ? MalformedLineAt() : LineAt(-100));
    Feeder feeder(shape, {lines + EverySecond(100, 115)});
    for (int i = 0; i < 35; ++i) feeder.Step(0);
    CHECK(feeder.partition(0).maximum() == kNoTime);
    CHECK(feeder.partition(0).provisional_maximum() == 100 * kSecond);
    feeder.Step(0);
    CHECK(feeder.partition(0).maximum() == 115 * kSecond);
  }
  SECTION("fewer than 16 lines: known at the end") {
    CHECK(Run(BareShape(), {{LineAt(7), LineAt(3)}}).windows == Texts{"[0,10) 2/0"});
  }
  SECTION("no line at all") { CHECK(Run(BareShape(), {{}, {MalformedLineAt()}}).windows.empty()); }
}

TEST_CASE("lines from the future") {
  const Lines start = EverySecond(100, 120);  // maximum 120, max-ahead 30
  struct Case {
    std::string name;
    Lines lines;
    std::string counters;
    std::string last_window;
  };
  const auto many = [](int count, double time) {
    Lines lines;
    for (int i = 0; i < count; ++i) lines.push_back(LineAt(time + i));
    return lines;
  };
  const std::vector<Case> cases = {
      {"at the reach is no future", {LineAt(150), LineAt(121)}, Counted(22, 1), "[150,160) 1/0"},
      {"beyond it is held; a line within reach says it was wrong",
       {LineAt(150.000001), LineAt(121)},
       Counted(22, 0, 1),
       "[120,130) 2/0"},
      {"a line at the maximum is such a line", {LineAt(1000), LineAt(120)}, Counted(22, 0, 1), "[120,130) 2/0"},
      {"a line before the maximum proves nothing", {LineAt(1000), LineAt(119)}, Counted(23), "[1000,1010) 1/0"},
      {"nor does a late one", {LineAt(1000), LineAt(100)}, Counted(22, 1), "[1000,1010) 1/0"},
      {"15 are held", many(15, 1000) + Lines{LineAt(121)}, Counted(22, 0, 15), "[120,130) 2/0"},
      {"16 were right", many(16, 1000) + Lines{LineAt(121)}, Counted(37, 1), "[1010,1020) 6/0"},
      {"taken in order: an earlier one after a later one may be late",
       {LineAt(2000), LineAt(1000), LineAt(1996)},
       Counted(23, 1),
       "[2000,2010) 1/0"},
      {"at the end they were right", {LineAt(1000)}, Counted(22), "[1000,1010) 1/0"},
      {"the reach is that of the maximum, not of a held line",
       {LineAt(1000), LineAt(1001), LineAt(150)},
       Counted(22, 0, 2),
       "[150,160) 1/0"},
      {"a stray line of 2099 in passing",
       {LineAt(4'070'908'800.0), LineAt(121), LineAt(122)},
       Counted(23, 0, 1),
       "[120,130) 3/0"},
      {"a stray line of 1970 in passing", {LineAt(0), LineAt(121), LineAt(122)}, Counted(23, 1), "[120,130) 3/0"},
      {"malformed lines prove nothing",
       {LineAt(1000), MalformedLineAt()},
       "malformed 1, counted 22, late 0, ahead 0, ignored 0, outside 0, late_after_idle 0",
       "[1000,1010) 1/0"},
  };
  for (const Case& test : cases) {
    CAPTURE(test.name);
    const Outcome outcome = Run(BareShape(), {start + test.lines});
    CHECK(outcome.counters == test.counters);
    CHECK(outcome.windows.back() == test.last_window);
  }
}

TEST_CASE("a held line's own time counts when an ignored one was held with it") {
  ModelLine ignored = LineAt(1000);
  ignored.ignored = true;
  CHECK(Run(BareShape(), {EverySecond(100, 120) + Lines{ignored, LineAt(121)}}).counters == Counted(22, 0, 1));
  CHECK(Run(BareShape(), {EverySecond(100, 120) + Lines{ignored}}).counters ==
        "malformed 0, counted 21, late 0, ahead 0, ignored 1, outside 0, late_after_idle 0");
}

TEST_CASE("gaps: up to --max-gap one by one, the rest in one record") {
  struct Case {
    double next;
    std::size_t windows;
    std::string record;  // empty: none
  };
  // max-gap 60 s: six windows of 10 s.
  const auto test = GENERATE(values<Case>({{15, 2, ""},
                                           {25, 3, ""},
                                           {75, 8, ""},
                                           {85, 9, "[70,80) 0/0"},  // one window is told as one
                                           {95, 9, "[70,90) x2 0/0"},
                                           {31'536'000, 9, "[70,31536000) x3153593 0/0"}}));
  CAPTURE(test.next);
  WindowShape shape = BareShape();
  shape.options.max_ahead = kDay * 1000;
  Outcome outcome = Run(shape, {{LineAt(5), LineAt(test.next)}});
  CHECK(outcome.windows.size() == test.windows);
  CHECK(outcome.counters == Counted(2));
  if (!test.record.empty()) CHECK(outcome.windows[7] == test.record);
  CHECK(outcome.windows.back().substr(outcome.windows.back().find(' ')) == " 1/0");
}

TEST_CASE("a gap in sliding windows") {
  WindowShape shape = BareShape(5 * kSecond);
  shape.options.max_gap = 10 * kSecond;
  shape.options.max_ahead = kDay;
  CHECK(Run(shape, {{LineAt(0), LineAt(60)}}).windows ==
        Texts{"[-5,5) 1/0", "[0,10) 1/0", "[5,15) 0/0", "[10,20) 0/0", "[15,60) x8 0/0", "[55,65) 1/0", "[60,70) 1/0"});
}

TEST_CASE("a gap that is longer each time one looks is still one record") {
  Feeder feeder(BareShape(), {EverySecond(0, 20) + Lines{LineAt(1'000'000)}});
  for (int i = 0; i < 21; ++i) feeder.Step(0);
  feeder.SetIdle(0, true);
  feeder.CloseThrough(40 * kSecond);
  CHECK(feeder.windows.size() == 4);
  feeder.CloseThrough(90 * kSecond);
  CHECK(feeder.windows.size() == 9);
  feeder.CloseThrough(1000 * kSecond);
  feeder.CloseThrough(2000 * kSecond);
  CHECK(feeder.windows.size() == 9);
  feeder.SetIdle(0, false);
  feeder.Finish();
  REQUIRE(feeder.windows.size() == 11);
  CHECK(feeder.windows[9] == "[90,1000000) x99991 0/0");
}

TEST_CASE("a gap that is open in a snapshot goes on after it") {
  const Lines lines = EverySecond(0, 20) + Lines{LineAt(1'000'000)};
  Feeder first(BareShape(), {lines});
  for (int i = 0; i < 21; ++i) first.Step(0);
  first.SetIdle(0, true);
  first.CloseThrough(2000 * kSecond);
  Feeder second(BareShape(), {lines}, first.Save());
  second.Finish();
  CHECK(second.windows == Texts{"[90,1000000) x99991 0/0", "[1000000,1000010) 1/0"});
}

TEST_CASE("a line for a window that silence has closed is late_after_idle") {
  struct Case {
    Micros slide;
    double time;
    int late;
  };
  // All is closed up to 130.
  const auto test = GENERATE(values<Case>({{0, 125, 1},
                                           {0, 129.999999, 1},
                                           {0, 130, 0},
                                           {5 * kSecond, 129, 1},  // some of its windows are closed, others are not
                                           {5 * kSecond, 130, 0}}));
  CAPTURE(test.slide, test.time);
  Feeder feeder(BareShape(test.slide), {EverySecond(100, 120) + Lines{LineAt(test.time)}});
  for (int i = 0; i < 21; ++i) feeder.Step(0);
  feeder.SetIdle(0, true);
  feeder.CloseThrough(130 * kSecond);
  feeder.SetIdle(0, false);
  feeder.Step(0);
  CHECK(feeder.aggregator().counters().late == static_cast<std::uint64_t>(test.late));
  CHECK(feeder.aggregator().counters().late_after_idle == static_cast<std::uint64_t>(test.late));
}

// While late_after_idle is 0, reading the same lines from a file gives the same.
TEST_CASE("lines that are late only because silence released what was held are late_after_idle") {
  SECTION("a held line") {
    Feeder feeder(BareShape(), {EverySecond(100, 120) + Lines{LineAt(1000), LineAt(121), LineAt(90)}});
    for (int i = 0; i < 22; ++i) feeder.Step(0);
    feeder.SetIdle(0, true);
    feeder.SetIdle(0, false);
    feeder.Step(0);
    CHECK(feeder.counters() == "malformed 0, counted 22, late 1, ahead 0, ignored 0, outside 0, late_after_idle 1");
    feeder.Step(0);  // late in any case
    CHECK(feeder.counters() == "malformed 0, counted 22, late 2, ahead 0, ignored 0, outside 0, late_after_idle 1");
  }
  SECTION("the first times") {
    Feeder feeder(BareShape(), {{LineAt(100), LineAt(50)}});
    feeder.Step(0);
    feeder.SetIdle(0, true);
    feeder.SetIdle(0, false);
    feeder.Step(0);
    CHECK(feeder.counters() == "malformed 0, counted 1, late 1, ahead 0, ignored 0, outside 0, late_after_idle 1");
  }
}

TEST_CASE("the end of input without state closes every window that holds a line, and no more") {
  CHECK(Run(BareShape(5 * kSecond), {EverySecond(0, 3)}).windows == Texts{"[-5,5) 4/0", "[0,10) 4/0"});
}

TEST_CASE("open windows are those with a line that are not closed") {
  struct Case {
    Micros slide;
    Lines lines;
    std::uint64_t open;
  };
  const std::vector<Case> cases = {{0, {}, 0},
                                   {0, EverySecond(0, 14), 0},  // the first maximum is not known: in no window yet
                                   {0, EverySecond(0, 15), 1},  // [0,10) has closed at 15
                                   {0, EverySecond(0, 16) + Lines{LineAt(24)}, 2},
                                   {5 * kSecond, EverySecond(0, 15), 3},  // [5,15) [10,20) [15,25)
                                   {5 * kSecond, EverySecond(0, 15) + Lines{LineAt(45), LineAt(40)}, 3},
                                   {2 * kSecond, EverySecond(0, 15), 7}};  // starts 2 .. 14
  for (const Case& test : cases) {
    CAPTURE(test.slide, test.lines.size());
    Feeder feeder(BareShape(test.slide), {test.lines, {}});
    feeder.Step(1);
    for (std::size_t i = 0; i < test.lines.size(); ++i) feeder.Step(0);
    CHECK(feeder.aggregator().open_windows() == test.open);
  }
}

TEST_CASE("texts of late lines are handed over once") {
  Feeder feeder(BareShape(), {EverySecond(100, 120) + Lines{LineAt(1), LineAt(2)}});
  feeder.Finish();
  CHECK(feeder.aggregator().TakeLateLines() == "line 21\nline 22\n");
  CHECK(feeder.aggregator().TakeLateLines().empty());
}

TEST_CASE("a run stops where a window may close") {
  WindowAggregator aggregator(BareShape(), false);
  PartitionWindows& partition = aggregator.AddPartition();
  const Lines lines = EverySecond(0, 40) + Lines{LineAt(45), LineAt(44), LineAt(45)};
  std::vector<Request> requests;
  for (const ModelLine& line : lines) {
    Request request = line.AsRequest();
    request.line = static_cast<std::uint32_t>(requests.size());
    requests.push_back(request);
  }
  const Block block;
  std::span<const Request> rest = requests;
  const auto add = [&](Micros stop_at) {
    const PartitionWindows::Added added = partition.Add(rest, {block, 0}, stop_at);
    CHECK(added.tells_time);
    rest = rest.subspan(added.taken);
    return added.taken;
  };
  CHECK(add(kNever) == 16);       // 0 .. 15: the first maximum is known, and with it two panes
  CHECK(add(18 * kSecond) == 3);  // 16, 17, 18
  CHECK(add(18 * kSecond) == 1);  // it is beyond
  CHECK(add(kNever) == 1);        // 20 opens a pane
  CHECK(add(25 * kSecond) == 5);  // 21 .. 25
  CHECK(add(kNever) == 5);        // 30
  CHECK(add(kNever) == 10);       // 40
  CHECK(add(100 * kSecond) == 3);
  CHECK(rest.empty());
}

TEST_CASE("a run outside --since and --until tells no time") {
  WindowShape shape = BareShape();
  shape.since = 10 * kSecond;
  WindowAggregator aggregator(shape, false);
  PartitionWindows& partition = aggregator.AddPartition();
  const Lines lines = EverySecond(0, 10);
  std::vector<Request> requests;
  for (const ModelLine& line : lines) requests.push_back(line.AsRequest());
  const Block block;
  CHECK_FALSE(partition.Add(std::span(requests).first(10), {block, 0}, kNever).tells_time);
  CHECK(partition.Add(requests, {block, 0}, kNever).tells_time);
}

TEST_CASE("what tables may take, at the defaults") {
  WindowShape shape;
  shape.max_keys = 100'000;
  CHECK(WindowAggregator::MemoryBound(shape, 1) == 0);
  shape.dimensions = {true, true, true, true};
  const std::uint64_t one = WindowAggregator::MemoryBound(shape, 1);
  CHECK(one <= std::uint64_t{256} << 20);
  CHECK(WindowAggregator::MemoryBound(shape, 2) > one);
}

TEST_CASE("an error of the receiver ends the closing") {
  WindowAggregator aggregator(BareShape(), false);
  PartitionWindows& partition = aggregator.AddPartition();
  const Lines lines = EverySecond(0, 100);
  const Block block;
  for (std::uint32_t number = 0; number < lines.size(); ++number) {
    Request request = lines[number].AsRequest();
    request.line = number;
    partition.Add({&request, 1}, {block, 0}, kNever);
  }
  int calls = 0;
  const Status status = aggregator.CloseThrough(90 * kSecond, [&](const WindowReport&) {
    ++calls;
    return calls == 2 ? Status::Failed("disk full") : Status();
  });
  CHECK(status.message() == "disk full");
  CHECK(calls == 2);
}

}  // namespace socklog::testing
