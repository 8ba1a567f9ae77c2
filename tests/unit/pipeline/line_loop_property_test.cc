// The same lines in the same partitions give the same windows and alerts, whatever the chunks, turns, threads and
// restarts.
#include "loop_run.h"
#include "support/catch.h"

namespace socklog::testing {
namespace {

using Partitions = std::vector<std::vector<ModelLine>>;

Partitions RandomPartitions(const WindowOptions& options, std::uint64_t seed, std::size_t most_lines) {
  SplitMix64 random(seed);
  Partitions partitions;
  for (std::uint64_t count = 1 + random.Below(3); count > 0; --count)
    partitions.push_back(RandomLines(options, random.Below(most_lines), &random));
  return partitions;
}

struct Outcome {
  RunOutput output;
  std::string counters;
};

void RequireSame(const Outcome& a, const Outcome& b) {
  REQUIRE(a.counters == b.counters);
  REQUIRE(a.output.windows == b.output.windows);
  REQUIRE(a.output.windows_json == b.output.windows_json);
  REQUIRE(a.output.alerts_json == b.output.alerts_json);
}

// Each partition in random blocks, with pauses that are shorter than --idle-timeout.
void Fill(const Partitions& partitions, std::size_t most_lines_a_block, std::uint64_t seed, MemorySource* source) {
  SplitMix64 random(seed);
  for (PartitionId id = 0; id < partitions.size(); ++id) {
    source->AddPartition("log" + std::to_string(id), seed % 2 == 0);
    std::vector<ModelLine> rest = partitions[id];
    while (!rest.empty()) {
      const auto part = static_cast<std::ptrdiff_t>(1 + random.Below(rest.size()));
      source->AddLines(id, PlainText({rest.begin(), rest.begin() + part}), most_lines_a_block, &random);
      rest.erase(rest.begin(), rest.begin() + part);
      if (random.Below(2) == 0) source->AddPause(id, static_cast<Micros>(1 + random.Below(5 * kSecond)));
    }
  }
}

Outcome RunOnce(const WindowShape& shape, const Partitions& partitions, std::size_t jobs,
                std::size_t most_lines_a_block, std::uint64_t seed) {
  ManualClock clock;
  MemorySource source(&clock);
  Fill(partitions, most_lines_a_block, seed, &source);
  LoopOptions options;
  options.jobs = jobs;
  options.impatient = true;
  LoopRun run(shape, &source, &clock, options);
  const Status status = run.Run();
  INFO(status.message());
  REQUIRE(status.ok());
  REQUIRE(run.loop().reached_end());
  return {std::move(run.output), run.counters()};
}

}  // namespace

TEST_CASE("windows are those of the model, for any chunks, turns and number of threads") {
  const std::size_t jobs = GENERATE(1u, 2u, 4u);
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    CAPTURE(jobs, seed);
    WindowShape shape = LoopShape(seed % 3 == 0 ? 5 * kSecond : 0);
    const Partitions partitions = RandomPartitions(shape.options, seed, 200);
    WindowModel model(shape);
    for (const auto& lines : partitions) model.AddPartition(lines);
    for (std::uint64_t cutting = 0; cutting < 4; ++cutting) {
      CAPTURE(cutting);
      shape.options.max_skew = cutting == 3 ? 100 * 365 * kDay : 0;  // only the order of turns depends on it
      const std::size_t most_lines = std::size_t{1} << (3 * cutting);
      const Outcome outcome = RunOnce(shape, partitions, jobs, most_lines, cutting);
      REQUIRE(outcome.output.windows == model.Windows());
      REQUIRE(outcome.counters == CountersText(model.counters()));
      RequireSame(outcome, RunOnce(shape, partitions, 1, 7, 1));
    }
  }
}

TEST_CASE("blocks of more lines than one turn takes") {
  std::vector<ModelLine> lines;
  for (int i = 0; i < 30'000; ++i) lines.push_back(LineAt(0.01 * i));
  const WindowShape shape = LoopShape();
  WindowModel model(shape);
  model.AddPartition(lines);
  model.AddPartition(lines);
  const std::size_t jobs = GENERATE(1u, 3u);
  const Outcome outcome = RunOnce(shape, {lines, lines}, jobs, 100'000, 1);
  CHECK(outcome.output.windows == model.Windows());
  CHECK(outcome.counters == CountersText(model.counters()));
}

TEST_CASE("killed after any turn, the run goes on from its last snapshot as if nothing had been") {
  const std::size_t jobs = GENERATE(1u, 3u);
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const WindowShape shape = LoopShape(seed % 2 == 0 ? 5 * kSecond : 0);
    const Partitions partitions = RandomPartitions(shape.options, seed, 120);
    const Outcome undisturbed = RunOnce(shape, partitions, 1, 5, 1);
    SplitMix64 random(seed);
    RunState state;
    std::string saved;  // bytes of the last snapshot; empty: none
    RunOutput kept;     // what was written up to it
    for (int kills = 0;; ++kills) {
      CAPTURE(jobs, seed, kills);
      ManualClock clock;
      MemorySource source(&clock);
      Fill(partitions, 5, seed + static_cast<std::uint64_t>(kills), &source);
      LoopOptions options;
      options.jobs = jobs;
      options.impatient = true;
      LoopRun run(shape, &source, &clock, options);
      run.output = kept;
      if (!saved.empty()) {
        Result<RunState> decoded = DecodeState(saved);
        REQUIRE(decoded.ok());
        run.Restore(*decoded);
      }
      std::uint64_t turns = kills < 15 ? random.Below(30) : 1'000'000;
      run.on_pause = [&](bool) {
        if (random.Below(2) == 0) {
          saved = EncodeState(run.Save());
          kept = run.output;
        }
        return turns-- == 0 ? Status::Failed("killed") : Status();
      };
      const Status status = run.Run();
      if (!status.ok()) continue;
      RequireSame({run.output, run.counters()}, undisturbed);
      break;
    }
  }
}

}  // namespace socklog::testing
