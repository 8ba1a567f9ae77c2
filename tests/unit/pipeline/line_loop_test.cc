// Turns, silence, the end and errors of the line loop, statement by statement.
#include <algorithm>

#include "loop_run.h"
#include "support/catch.h"

namespace socklog::testing {
namespace {

using Texts = std::vector<std::string>;

std::string Text(const Lines& lines) { return PlainText(lines); }

WindowShape BareShape(Micros slide = 0) {
  WindowShape shape = LoopShape(slide);
  shape.dimensions = {true, false, false, false};
  return shape;
}

// A window and the clock when it closed, in seconds since the start.
struct Closed {
  std::string window;
  double at;
};

class LoopFixture {
 public:
  explicit LoopFixture(const WindowShape& shape = BareShape(), const LoopOptions& options = {})
      : shape_(shape), options_(options) {}

  ManualClock clock;
  MemorySource source{&clock};
  std::vector<Closed> closed;

  LoopRun& run() {
    if (!run_) {
      run_ = std::make_unique<LoopRun>(shape_, &source, &clock, options_);
      const Micros start = clock.Monotonic();
      run_->on_window = [this, start] {
        closed.push_back({run_->output.windows.back(), static_cast<double>(clock.Monotonic() - start) / 1e6});
        return Status();
      };
    }
    return *run_;
  }
  const Texts& Windows() {
    const Status status = run().Run();
    INFO(status.message());
    REQUIRE(status.ok());
    return run().output.windows;
  }
  // When the window that starts with this text closed; -1: never.
  double ClosedAt(const std::string& start) const {
    for (const Closed& window : closed) {
      if (window.window.rfind(start, 0) == 0) return window.at;
    }
    return -1;
  }

 private:
  const WindowShape shape_;
  const LoopOptions options_;
  std::unique_ptr<LoopRun> run_;
};

}  // namespace

TEST_CASE("no partition, no line") {
  LoopFixture none;
  CHECK(none.Windows().empty());
  CHECK(none.run().loop().reached_end());
  LoopFixture empty;
  empty.source.AddPartition("empty");
  CHECK(empty.Windows().empty());
  CHECK(empty.run().loop().latest_time() == kNoTime);
}

TEST_CASE("a silent partition holds the windows up for --idle-timeout, no longer") {
  LoopFixture test;
  test.source.AddPartition("speaks", true);
  test.source.AddPartition("falls silent", true);
  for (int i = 0; i < 60; ++i) {
    test.source.AddLines(0, Text(EverySecond(2 * i, 2 * i + 1)));
    test.source.AddPause(0, 2 * kSecond);
  }
  test.source.AddLines(1, Text(EverySecond(0, 20)));
  test.source.AddPause(1, kHour);
  test.Windows();
  // The silent one's maximum is 20, so [0,10) closes with it; what follows only when it is idle, 30 s after its lines.
  CHECK(test.ClosedAt("[0,10)") <= 16);
  CHECK(test.ClosedAt("[10,20)") >= 30);
  CHECK(test.ClosedAt("[10,20)") <= 33);
  CHECK(test.run().windows().counters().late_after_idle == 0);
}

TEST_CASE("malformed lines are no sign of life") {
  LoopFixture test;
  test.source.AddPartition("speaks", true);
  test.source.AddPartition("noise", true);
  for (int i = 0; i < 60; ++i) {
    test.source.AddLines(0, Text(EverySecond(2 * i, 2 * i + 1)));
    test.source.AddPause(0, 2 * kSecond);
    test.source.AddLines(1, "noise\n");
    test.source.AddPause(1, 2 * kSecond);
  }
  test.Windows();
  CHECK(test.ClosedAt("[0,10)") >= 30);
  CHECK(test.ClosedAt("[0,10)") <= 33);
  CHECK(test.run().windows().counters().malformed == 60);
}

TEST_CASE("a flood that tells no time holds nobody up") {
  const bool is_outside = GENERATE(false, true);
  WindowShape shape = BareShape();
  if (is_outside) shape.since = 0;
  LoopFixture test(shape);
  test.source.AddPartition("speaks", true);
  test.source.AddPartition("flood", true);
  for (int i = 0; i < 60; ++i) {
    test.source.AddLines(0, Text(EverySecond(2 * i, 2 * i + 1)));
    test.source.AddPause(0, 2 * kSecond);
  }
  test.source.AddLines(1, is_outside ? Text({LineAt(-1)}) : "noise\n");
  test.source.endless = 1;
  test.Windows();
  CHECK(test.ClosedAt("[0,10)") >= 30);
  CHECK(test.ClosedAt("[0,10)") <= 33);
  CHECK(test.ClosedAt("[60,70)") > 0);
}

TEST_CASE("clients that come and go with a few lines do not hold the windows up") {
  LoopFixture test;
  test.source.can_be_read_again = false;
  SECTION("one after the other") {
    for (int i = 0; i < 100; ++i) {
      const PartitionId id = test.source.AddPartition("client " + std::to_string(i), true, i * 2 * kSecond);
      test.source.AddLines(id, Text(EverySecond(2 * i, 2 * i + 1)));
    }
  }
  SECTION("so that there is always one that has not spoken") {
    for (int i = 0; i < 100; ++i) {
      const PartitionId id = test.source.AddPartition("client " + std::to_string(i), true, i * 2 * kSecond);
      test.source.AddPause(id, 5 * kSecond);
      test.source.AddLines(id, Text(EverySecond(2 * i, 2 * i + 1)));
    }
  }
  SECTION("beside one that stays") {
    test.source.AddPartition("stays", true);
    for (int i = 0; i < 100; ++i) {
      test.source.AddLines(0, Text(EverySecond(2 * i, 2 * i + 1)));
      test.source.AddPause(0, 2 * kSecond);
      const PartitionId id = test.source.AddPartition("client " + std::to_string(i), true, i * 2 * kSecond);
      test.source.AddPause(id, 5 * kSecond);
    }
  }
  test.Windows();
  for (int start = 0; start < 100; start += 10) {
    const double closed = test.ClosedAt("[" + std::to_string(start) + ",");
    CAPTURE(start, closed);
    CHECK(closed > start);
    CHECK(closed <= start + 60);
  }
  CHECK(test.run().windows().counters().late == 0);
  CHECK(test.source.forgotten.size() >= 50);
  CHECK(test.run().loop().partitions().size() + test.source.forgotten.size() == test.source.partition_count());
}

TEST_CASE("stdin and plain files are never idle") {
  LoopFixture test;
  test.source.AddPartition("speaks", true);
  test.source.AddPartition("stdin", false);
  test.source.AddLines(0, Text(EverySecond(0, 40)));
  test.source.AddLines(1, Text(EverySecond(0, 20)));
  test.source.AddPause(1, kHour);
  test.Windows();
  CHECK(test.ClosedAt("[0,10)") == 0);
  CHECK(test.ClosedAt("[10,20)") >= 3600);
}

TEST_CASE("when all are idle, event time goes on as the clock does") {
  LoopFixture test;
  test.source.AddPartition("log", true);
  test.source.AddLines(0, Text(EverySecond(0, 22)));
  test.source.AddPause(0, 65 * kSecond);
  const Texts windows = test.Windows();
  CHECK(windows == Texts{"[0,10) 10/0", "[10,20) 10/0", "[20,30) 3/0", "[30,40) 0/0", "[40,50) 0/0", "[50,60) 0/0",
                         "[60,70) 0/0", "[70,80) 0/0"});
  // The clock says 22 + 30 when it is idle, and closes what ended 5 s ago; from then on one window every ten seconds.
  CHECK(test.ClosedAt("[20,30)") == Approx(30).margin(0.01));
  CHECK(test.ClosedAt("[30,40)") == Approx(30).margin(0.01));
  CHECK(test.ClosedAt("[40,50)") == Approx(33).margin(0.01));
  CHECK(test.ClosedAt("[50,60)") == Approx(43).margin(0.01));
  CHECK(test.ClosedAt("[70,80)") == Approx(63).margin(0.01));
}

TEST_CASE("lines after a silence go on, and those for a closed window are late_after_idle") {
  LoopFixture test;
  test.source.AddPartition("log", true);
  test.source.AddLines(0, Text(EverySecond(0, 22)));
  test.source.AddPause(0, 40 * kSecond);
  test.source.AddLines(0, Text({LineAt(24), LineAt(49), LineAt(50), LineAt(62)}));
  test.source.AddPause(0, 10 * kSecond);
  const Texts windows = test.Windows();
  CHECK(windows.size() == 7);
  CHECK(windows[5] == "[50,60) 1/0");
  CHECK(windows[6] == "[60,70) 1/0");
  CHECK(test.run().counters() == "malformed 0, counted 25, late 2, ahead 0, ignored 0, outside 0, late_after_idle 2");
}

TEST_CASE("held lines are right when the partition is idle") {
  LoopFixture test;
  test.source.AddPartition("log", true);
  test.source.AddLines(0, Text(EverySecond(0, 20) + Lines{LineAt(1000)}));
  test.source.AddPause(0, 31 * kSecond);
  test.source.AddLines(0, Text({LineAt(1031)}));
  test.source.AddPause(0, kSecond);
  test.Windows();
  CHECK(test.run().counters() == "malformed 0, counted 23, late 0, ahead 0, ignored 0, outside 0, late_after_idle 0");
}

TEST_CASE("few lines and then silence: the first maximum is known") {
  LoopFixture test;
  test.source.AddPartition("log", true);
  test.source.AddLines(0, Text({LineAt(5), LineAt(3)}));
  test.source.AddPause(0, 60 * kSecond);
  test.Windows();
  CHECK(test.ClosedAt("[0,10)") == Approx(30).margin(0.01));
}

TEST_CASE("a partition without any line keeps nobody waiting for longer than it takes to be idle") {
  LoopFixture test;
  test.source.AddPartition("log", true);
  test.source.AddPartition("never speaks", true);
  test.source.AddLines(0, Text(EverySecond(0, 40)));
  test.source.AddPause(0, 35 * kSecond);
  test.source.AddPause(1, kHour);
  test.Windows();
  CHECK(test.ClosedAt("[0,10)") == Approx(30).margin(0.01));
}

TEST_CASE("two files two hours apart") {
  LoopFixture test;
  test.source.AddPartition("late");
  test.source.AddPartition("early");
  SplitMix64 random(1);
  test.source.AddLines(0, Text(EverySecond(7200, 7300)), 5, &random);
  test.source.AddLines(1, Text(EverySecond(0, 100)), 5, &random);
  std::uint64_t most_open = 0;
  test.run().on_pause = [&](bool) {
    most_open = std::max(most_open, test.run().windows().open_windows());
    return Status();
  };
  const Texts windows = test.Windows();
  // 11 with lines, 6 empty ones, the rest of the gap, 11 with lines.
  REQUIRE(windows.size() == 29);
  CHECK(windows[10] == "[100,110) 1/0");
  CHECK(windows[17] == "[170,7200) x703 0/0");
  CHECK(windows[18] == "[7200,7210) 10/0");
  CHECK(most_open <= 6);  // the late one waits
}

TEST_CASE("no partition gets further ahead than --max-skew, a block at the most") {
  WindowShape shape = BareShape();
  shape.options.max_skew = 60 * kSecond;
  LoopFixture test(shape);
  test.source.AddPartition("a", true);
  test.source.AddPartition("b", true);
  test.source.AddLines(0, Text(EverySecond(0, 500)));
  for (int i = 0; i < 50; ++i) {
    test.source.AddLines(1, Text(EverySecond(10 * i, 10 * i + 9)));
    test.source.AddPause(1, 10 * kSecond);
  }
  Micros most_ahead = 0;
  test.run().on_pause = [&](bool) {
    const Micros a = test.run().windows().partition(0).maximum();
    const Micros b = test.run().windows().partition(1).maximum();
    if (a != kNoTime && b != kNoTime) most_ahead = std::max(most_ahead, a - b);
    return Status();
  };
  test.Windows();
  CHECK(most_ahead >= 50 * kSecond);
  CHECK(most_ahead <= 61 * kSecond);
}

TEST_CASE("a year's gap costs a constant number of windows") {
  LoopFixture test;
  test.source.AddPartition("log");
  test.source.AddLines(0, Text(EverySecond(0, 20) + EverySecond(31'536'000, 31'536'020)));
  CHECK(test.Windows().size() == 3 + 6 + 1 + 3);
}

TEST_CASE("a partition that appears later") {
  LoopFixture test;
  test.source.AddPartition("first", true);
  test.source.AddPartition("client", true, 20 * kSecond);
  test.source.AddLines(0, Text(EverySecond(0, 40)));
  test.source.AddPause(0, 21 * kSecond);
  test.source.AddLines(1, Text(EverySecond(36, 60)));
  const Texts windows = test.Windows();
  CHECK(windows == Texts{"[0,10) 10/0", "[10,20) 10/0", "[20,30) 10/0", "[30,40) 14/0", "[40,50) 11/0", "[50,60) 10/0",
                         "[60,70) 1/0"});
}

TEST_CASE("where the stream goes on, the end of the input closes nothing and releases nothing") {
  LoopOptions options;
  options.stream_goes_on = true;
  LoopFixture test(BareShape(), options);
  test.source.AddPartition("log");
  test.source.AddLines(0, Text(EverySecond(0, 27) + Lines{LineAt(1000)}));
  const Texts windows = test.Windows();
  CHECK(test.run().loop().reached_end());
  CHECK(windows == Texts{"[0,10) 10/0", "[10,20) 10/0"});
  CHECK(test.run().windows().open_windows() == 1);
  CHECK(test.run().counters() == "malformed 0, counted 28, late 0, ahead 0, ignored 0, outside 0, late_after_idle 0");
}

TEST_CASE("malformed lines are told with their number, from 1, and once") {
  LoopFixture test;
  test.source.AddPartition("a");
  test.source.AddPartition("b");
  test.source.AddLines(0, "bad 1\n" + Text({LineAt(1)}) + "bad 3\n\n");
  test.source.AddLines(1, "x\n");
  test.Windows();
  Texts malformed = test.run().output.malformed;
  std::sort(malformed.begin(), malformed.end());
  CHECK(malformed == Texts{"a:1 bad 1 (not plain)", "a:3 bad 3 (not plain)", "a:4  (not plain)", "b:1 x (not plain)"});

  LoopFixture again;
  again.source.AddPartition("a");
  again.source.AddPartition("b");
  again.source.AddLines(0, "bad 1\n" + Text({LineAt(1)}) + "bad 3\n\n" + "bad 5\n");
  again.source.AddLines(1, "x\n");
  again.run().Restore(test.run().Save());
  again.Windows();
  CHECK(again.run().output.malformed == Texts{"a:5 bad 5 (not plain)"});
}

TEST_CASE("lines of the slow path are counted once, with any number of threads") {
  LoopOptions options;
  options.jobs = GENERATE(1u, 2u);
  options.impatient = true;
  LoopFixture test(BareShape(), options);
  test.source.AddPartition("log");
  for (int i = 0; i < 50; ++i) test.source.AddLines(0, Text({LineAt(i), LineAt(i, "/slow"), LineAt(i)}));
  test.Windows();
  CHECK(test.run().windows().counters().slow_path == 50);
}

TEST_CASE("texts of late lines are kept") {
  LoopFixture test;
  test.source.AddPartition("log");
  test.source.AddLines(0, Text(EverySecond(100, 120) + Lines{LineAt(7, "/late")}));
  test.Windows();
  CHECK(test.run().windows().TakeLateLines() == "7000000 200 /late\n");
}

TEST_CASE("errors end the run") {
  LoopFixture reading;
  reading.source.AddPartition("log");
  reading.source.AddLines(0, Text(EverySecond(0, 30)));
  reading.source.AddError(0, "log: cannot be read");
  CHECK(reading.run().Run().message() == "log: cannot be read");
  CHECK(reading.run().output.windows == Texts{"[0,10) 10/0", "[10,20) 10/0"});
  CHECK_FALSE(reading.run().loop().reached_end());

  LoopFixture writing;
  writing.source.AddPartition("log");
  writing.source.AddLines(0, Text(EverySecond(0, 100)));
  writing.run().on_window = [] { return Status::Failed("disk full"); };
  CHECK(writing.run().Run().message() == "disk full");
  CHECK(writing.run().output.windows.size() == 1);

  LoopFixture at_the_end;
  at_the_end.source.AddPartition("log");
  at_the_end.source.AddLines(0, Text(EverySecond(0, 3)));
  at_the_end.run().on_window = [] { return Status::Failed("disk full"); };
  CHECK(at_the_end.run().Run().message() == "disk full");
}

TEST_CASE("a format that an earlier run chose must be one of this one's") {
  LoopFixture test;
  test.source.AddPartition("log");
  CHECK(test.run().loop().Restore(0, {}, "combined").message() == "no plain format");
  CHECK(test.run().loop().Restore(0, {}, "plain").ok());
  CHECK(test.run().loop().chosen(0) == "plain");
  CHECK(test.run().loop().Restore(0, {}, "").ok());
}

}  // namespace socklog::testing
