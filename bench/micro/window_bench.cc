// Counting requests into windows, and closing these: without parsing, without judging.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdlib>
#include <span>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "micro/sample.h"
#include "window/window_aggregator.h"

namespace socklog {
namespace {

constexpr std::size_t kRequests = 400'000;
constexpr std::size_t kRun = 256;  // requests that a parser gives at once

// Requests whose keys live as long as this.
class Sample {
 public:
  Sample() {
    const std::unique_ptr<Traffic> traffic = SampleTraffic();
    WrittenRequest written;
    for (std::size_t i = 0; i < kRequests && traffic->Next(&written); ++i) {
      Request& request = requests_.emplace_back();
      request.time = written.time;
      request.line = static_cast<std::uint32_t>(i);
      request.outcome = written.status >= 400 ? kOutcomeError : 0;
      request.keys[KeyedIndex(Dimension::kUrl)] = KeyOf(written.target);
      request.keys[KeyedIndex(Dimension::kUser)] = KeyOf(written.user);
      request.keys[KeyedIndex(Dimension::kClient)] = KeyOf(written.client);
    }
  }

  // The requests from `first` on, at most kRun of them, `later` than they were made.
  std::span<const Request> Run(std::size_t first, Micros later) {
    run_.assign(requests_.begin() + static_cast<std::ptrdiff_t>(first),
                requests_.begin() + static_cast<std::ptrdiff_t>(std::min(first + kRun, requests_.size())));
    for (Request& request : run_) request.time += later;
    return run_;
  }
  Micros length() const { return requests_.back().time - requests_.front().time + kSecond; }

 private:
  Key KeyOf(std::string_view text) {
    const std::string_view kept = texts_.Add(text);
    return {kept.data(), static_cast<std::uint32_t>(kept.size()), Hash64(kept, RandomSeed())};
  }

  TextArena texts_;
  std::vector<Request> requests_;
  std::vector<Request> run_;  // reused
};

// Argument: dimensions that are counted, 1 to 3.
void BM_Windows(benchmark::State& state) {
  static Sample sample;
  WindowShape shape;
  shape.dimensions = {true, state.range(0) >= 1, state.range(0) >= 2, state.range(0) >= 3};
  shape.max_keys = 100'000;
  WindowAggregator aggregator(shape, /*keep_late_lines=*/false);
  PartitionWindows& partition = aggregator.AddPartition();
  const Block block;
  const auto on_window = [](const WindowReport& report) {
    benchmark::DoNotOptimize(&report);
    return Status();
  };
  Micros later = 0;
  for (auto _ : state) {
    for (std::size_t first = 0; first < kRequests; first += kRun) {
      std::span<const Request> run = sample.Run(first, later);
      while (!run.empty()) {
        run = run.subspan(partition.Add(run, {block, 0}, aggregator.next_close()).taken);
        if (!aggregator.CloseThrough(partition.maximum() - shape.options.lateness, on_window).ok()) std::abort();
      }
    }
    later += sample.length();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kRequests));
}
BENCHMARK(BM_Windows)->DenseRange(1, 3)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace socklog
