// The windows against a plain model of "Meaning", on random lines, in any order of turns.
#include <limits>

#include "feeder.h"
#include "support/catch.h"

namespace socklog::testing {
namespace {

std::vector<std::vector<ModelLine>> RandomPartitions(const WindowOptions& options, std::uint64_t seed) {
  SplitMix64 random(seed);
  std::vector<std::vector<ModelLine>> partitions;
  for (std::uint64_t count = 1 + random.Below(3); count > 0; --count)
    partitions.push_back(RandomLines(options, random.Below(150), &random));
  return partitions;
}

void TakeRandomTurns(std::uint64_t seed, std::size_t partitions, Feeder* feeder) {
  SplitMix64 random(seed);
  std::vector<PartitionId> live;
  for (PartitionId id = 0; id < partitions; ++id) live.push_back(id);
  while (!live.empty()) {
    const std::size_t pick = random.Below(live.size());
    const std::uint64_t lines = 1 + random.Below(20);
    for (std::uint64_t i = 0; i < lines && !feeder->ended(live[pick]); ++i) feeder->Step(live[pick]);
    if (feeder->ended(live[pick])) live.erase(live.begin() + static_cast<std::ptrdiff_t>(pick));
  }
}

}  // namespace

TEST_CASE("windows and counters are those of the model, whoever takes turns") {
  const Micros slide = GENERATE(0 * kSecond, 10 * kSecond, 5 * kSecond, 2 * kSecond, 1 * kSecond);
  WindowShape shape = SmallShape(slide);
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    CAPTURE(slide, seed);
    shape.options.lateness = static_cast<Micros>(seed % 4) * 3 * kSecond;
    const auto partitions = RandomPartitions(shape.options, seed);
    WindowModel model(shape);
    for (const auto& lines : partitions) model.AddPartition(lines);
    for (std::uint64_t order = 0; order < 3; ++order) {
      CAPTURE(order);
      Feeder feeder(shape, partitions);
      TakeRandomTurns(order, partitions.size(), &feeder);
      CHECK(feeder.aggregator().open_windows() <= model.Windows().size());
      feeder.Finish();
      REQUIRE(feeder.windows == model.Windows());
      REQUIRE(feeder.counters() == CountersText(model.counters()));
      REQUIRE(feeder.aggregator().counters().slow_path == model.counters().slow_path);
      REQUIRE(feeder.aggregator().counters().late_after_idle == 0);
      REQUIRE(feeder.aggregator().open_windows() == 0);
    }
  }
}

TEST_CASE("lines in runs, cut anywhere and stopped anywhere, are lines one by one") {
  const Micros slide = GENERATE(0 * kSecond, 2 * kSecond);
  WindowShape shape = SmallShape(slide);
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    CAPTURE(slide, seed);
    SplitMix64 random(seed);
    shape.options.lateness = static_cast<Micros>(random.Below(5)) * 3 * kSecond;
    shape.options.max_ahead = static_cast<Micros>(1 + random.Below(30)) * kSecond;
    shape.max_keys = random.Below(2) == 0 ? 64 : 6400;  // 64: a table soon evicts
    std::vector<std::vector<ModelLine>> partitions = RandomPartitions(shape.options, seed);
    for (ModelLine& line : partitions[0]) {
      if (random.Below(3) == 0) line.keys[static_cast<std::size_t>(Dimension::kUrl)] = std::to_string(random.Next());
    }
    const Micros first = partitions[0].empty() ? 0 : partitions[0].front().time;
    if (random.Below(4) == 0) shape.since = first + 20 * kSecond;
    if (random.Below(4) == 0) shape.until = first + 5 * kMinute;
    Feeder single(shape, partitions);
    single.Finish();
    Feeder runs(shape, partitions);
    for (PartitionId id = 0; id < partitions.size(); ++id) {
      while (!runs.ended(id)) {
        const Micros reach = static_cast<Micros>(random.Below(40)) * kSecond;
        const Micros maximum = runs.partition(id).maximum();
        const bool stops = random.Below(2) == 0 && maximum != kNoTime;
        runs.StepRun(id, 1 + random.Below(60), stops ? maximum + reach : std::numeric_limits<Micros>::max());
      }
    }
    runs.Finish();
    REQUIRE(runs.windows == single.windows);
    REQUIRE(runs.counters() == single.counters());
    REQUIRE(runs.aggregator().counters().slow_path == single.aggregator().counters().slow_path);
    REQUIRE(runs.aggregator().evicted_keys() == single.aggregator().evicted_keys());
    REQUIRE(runs.aggregator().TakeLateLines() == single.aggregator().TakeLateLines());
    for (const double share : {0.01, 0.2, 0.5, 0.9, 1.0}) {
      REQUIRE(runs.aggregator().lateness().Quantile(share) == single.aggregator().lateness().Quantile(share));
    }
  }
}

TEST_CASE("--since and --until leave lines out, and out of the maximum") {
  WindowShape shape = SmallShape();
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    CAPTURE(seed);
    const auto partitions = RandomPartitions(shape.options, seed);
    const Micros first = partitions[0].empty() ? 0 : partitions[0].front().time;
    shape.since = first + 20 * kSecond;
    shape.until = first + 5 * kMinute;
    WindowModel model(shape);
    for (const auto& lines : partitions) model.AddPartition(lines);
    Feeder feeder(shape, partitions);
    feeder.Finish();
    REQUIRE(feeder.windows == model.Windows());
    REQUIRE(feeder.counters() == CountersText(model.counters()));
  }
}

}  // namespace socklog::testing
