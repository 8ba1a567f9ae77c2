// A run that was cut anywhere and went on from its snapshot is the undisturbed run.
#include <limits>

#include "feeder.h"
#include "support/catch.h"

namespace socklog::testing {
namespace {

struct Outcome {
  std::vector<std::string> windows;
  std::string counters;
  Micros lateness_quantile = 0;
  std::uint64_t evicted = 0;
  std::uint64_t slow_path = 0;

  friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome Finished(std::vector<std::string> before, Feeder* feeder) {
  feeder->Finish();
  Outcome outcome;
  outcome.windows = std::move(before);
  outcome.windows.insert(outcome.windows.end(), feeder->windows.begin(), feeder->windows.end());
  outcome.counters = feeder->counters();
  outcome.lateness_quantile = feeder->aggregator().lateness().Quantile(0.9);
  outcome.evicted = feeder->aggregator().evicted_keys();
  outcome.slow_path = feeder->aggregator().counters().slow_path;
  return outcome;
}

void RequireSame(const Outcome& outcome, const Outcome& undisturbed) {
  REQUIRE(outcome.counters == undisturbed.counters);
  REQUIRE(outcome.windows == undisturbed.windows);
  REQUIRE(outcome == undisturbed);
}

}  // namespace

TEST_CASE("cut after every line of a random stream") {
  const Micros slide = GENERATE(0 * kSecond, 2 * kSecond);
  const WindowShape shape = SmallShape(slide);
  for (std::uint64_t seed = 0; seed < 80; ++seed) {
    SplitMix64 random(seed);
    const std::vector<std::vector<ModelLine>> lines = {RandomLines(shape.options, 90, &random)};
    Feeder whole(shape, lines);
    const Outcome undisturbed = Finished({}, &whole);
    Feeder first(shape, lines);
    for (std::size_t cut = 0; cut <= lines[0].size(); ++cut) {
      CAPTURE(slide, seed, cut);
      Feeder second(shape, lines, first.Save());
      RequireSame(Finished(first.windows, &second), undisturbed);
      first.Step(0);
    }
  }
}

TEST_CASE("cut between runs of lines") {
  const WindowShape shape = SmallShape(GENERATE(0 * kSecond, 2 * kSecond));
  for (std::uint64_t seed = 0; seed < 80; ++seed) {
    SplitMix64 random(seed);
    const std::vector<std::vector<ModelLine>> lines = {RandomLines(shape.options, 150, &random)};
    Feeder whole(shape, lines);
    const Outcome undisturbed = Finished({}, &whole);
    Feeder first(shape, lines);
    while (!first.ended(0)) {
      CAPTURE(shape.options.slide, seed, first.partition(0).lines_seen());
      Feeder second(shape, lines, first.Save());
      while (!second.ended(0)) second.StepRun(0, 1 + random.Below(60), std::numeric_limits<Micros>::max());
      RequireSame(Finished(first.windows, &second), undisturbed);
      first.StepRun(0, 1 + random.Below(20), std::numeric_limits<Micros>::max());
    }
  }
}

TEST_CASE("cut twice, the second time at any line of the reading again") {
  const WindowShape shape = SmallShape(5 * kSecond);
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    SplitMix64 random(seed);
    const std::vector<std::vector<ModelLine>> lines = {RandomLines(shape.options, 60, &random)};
    Feeder whole(shape, lines);
    const Outcome undisturbed = Finished({}, &whole);
    Feeder first(shape, lines);
    for (std::size_t cut = 0; cut <= lines[0].size(); ++cut) {
      for (std::size_t again = 0; again < 30; again += 1 + cut % 3) {
        CAPTURE(seed, cut, again);
        Feeder second(shape, lines, first.Save());
        for (std::size_t i = 0; i < again && !second.ended(0); ++i) second.Step(0);
        if (second.ended(0)) break;
        std::vector<std::string> before = first.windows;
        before.insert(before.end(), second.windows.begin(), second.windows.end());
        Feeder third(shape, lines, second.Save());
        RequireSame(Finished(before, &third), undisturbed);
      }
      first.Step(0);
    }
  }
}

TEST_CASE("several partitions, cut wherever they are") {
  const WindowShape shape = SmallShape(5 * kSecond);
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    SplitMix64 random(seed);
    std::vector<std::vector<ModelLine>> lines;
    for (int i = 0; i < 3; ++i) lines.push_back(RandomLines(shape.options, 40 + random.Below(40), &random));
    Feeder whole(shape, lines);
    const Outcome undisturbed = Finished({}, &whole);
    auto running = std::make_unique<Feeder>(shape, lines);
    std::vector<std::string> before;
    for (int cuts = 0; cuts < 12; ++cuts) {
      CAPTURE(seed, cuts);
      for (std::uint64_t steps = random.Below(60); steps > 0; --steps) {
        const auto id = static_cast<PartitionId>(random.Below(3));
        if (!running->ended(id) && running->partition(id).lines_seen() < lines[id].size()) running->Step(id);
      }
      before.insert(before.end(), running->windows.begin(), running->windows.end());
      running = std::make_unique<Feeder>(shape, lines, running->Save());
    }
    CAPTURE(seed);
    RequireSame(Finished(before, running.get()), undisturbed);
  }
}

// A stray first line that is still held when the first maximum is known: the lines after it were counted, it was not.
TEST_CASE("held since before the first maximum") {
  const WindowShape shape = SmallShape();
  std::vector<ModelLine> lines = {LineAt(100), LineAt(104), LineAt(4e9)};
  for (int i = 0; i < 13; ++i) lines.push_back(LineAt(101 + 0.1 * i));
  lines.push_back(LineAt(103));
  lines.push_back(LineAt(120));
  Feeder whole(shape, {lines});
  const Outcome undisturbed = Finished({}, &whole);
  CHECK(undisturbed.counters == "malformed 0, counted 17, late 0, ahead 1, ignored 0, outside 0, late_after_idle 0");
  Feeder first(shape, {lines});
  for (std::size_t cut = 0; cut <= lines.size(); ++cut) {
    CAPTURE(cut);
    Feeder second(shape, {lines}, first.Save());
    RequireSame(Finished(first.windows, &second), undisturbed);
    first.Step(0);
  }
}

TEST_CASE("what was closed by silence stays closed after a restart") {
  const WindowShape shape = SmallShape();
  std::vector<ModelLine> lines;
  for (int i = 0; i < 20; ++i) lines.push_back(LineAt(100 + i));
  lines.push_back(LineAt(125));  // for a window that the clock has closed
  lines.push_back(LineAt(200));
  Feeder first(shape, {lines});
  for (int i = 0; i < 20; ++i) first.Step(0);
  first.SetIdle(0, true);
  first.CloseThrough(130 * kSecond);
  CHECK(first.windows ==
        std::vector<std::string>{"[100,110) 10/0 url: /=10/0", "[110,120) 10/0 url: /=10/0", "[120,130) 0/0"});
  Feeder second(shape, {lines}, first.Save());
  second.Finish();
  CHECK(second.aggregator().counters().late_after_idle == 1);
  CHECK(second.counters() == "malformed 0, counted 21, late 1, ahead 0, ignored 0, outside 0, late_after_idle 1");
}

}  // namespace socklog::testing
