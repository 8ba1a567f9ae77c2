// Feeds lines to a WindowAggregator as the line loop does, one at a time or in runs, and collects what comes out.
#ifndef SOCKLOG_TESTS_UNIT_WINDOW_FEEDER_H_
#define SOCKLOG_TESTS_UNIT_WINDOW_FEEDER_H_

#include <memory>
#include <string>
#include <vector>

#include "support/window_model.h"
#include "window/window_aggregator.h"

namespace socklog::testing {

// What a snapshot holds of the windows, in bytes.
struct SavedWindows {
  std::string aggregator;
  std::vector<std::string> partitions;  // empty: nothing was read of it
};

class Feeder {
 public:
  Feeder(const WindowShape& shape, std::vector<std::vector<ModelLine>> partitions);
  Feeder(const WindowShape& shape, std::vector<std::vector<ModelLine>> partitions, const SavedWindows& saved);

  bool ended(PartitionId id) const { return next_[id] > partitions_[id].size(); }
  // One line of the partition, or its end after the last one; then closes what can be closed.
  void Step(PartitionId id);
  // At most `lines` well-formed lines of the partition in one run that ends at `stop_at`; where there are none, a Step.
  void StepRun(PartitionId id, std::size_t lines, Micros stop_at);
  // The partition is silent, or speaks again.
  void SetIdle(PartitionId id, bool idle);
  // Closes what ends at or before `watermark`.
  void CloseThrough(Micros watermark);
  // Reads everything that is left, then ends the stream.
  void Finish();

  SavedWindows Save() const;

  std::vector<std::string> windows;  // WindowText of all that were closed
  WindowAggregator& aggregator() { return *aggregator_; }
  PartitionWindows& partition(PartitionId id) { return aggregator_->partition(id); }
  std::string counters() const { return CountersText(aggregator_->counters()); }

 private:
  WindowAggregator::OnWindow Collect();
  void Advance();

  const WindowShape shape_;
  Request RequestAt(PartitionId id, std::size_t line) const;

  const std::vector<std::vector<ModelLine>> partitions_;
  std::vector<Block> blocks_;                        // of each partition, all its lines: "line 0", "line 1", ...
  std::vector<std::vector<std::uint32_t>> offsets_;  // of the lines, and of the end
  std::vector<std::size_t> next_;                    // line to read; one beyond the last: ended
  std::vector<bool> idle_;
  struct Resumed {
    std::string bytes;
    std::uint64_t line = 0;
  };
  std::vector<Resumed> resumed_;  // what a partition of which nothing was read yet is saved as
  std::unique_ptr<WindowAggregator> aggregator_;
};

// Windows of 10 s, lateness 5 s, max-ahead 30 s, max-gap 60 s, keys by URL and user.
WindowShape SmallShape(Micros slide = 0);

}  // namespace socklog::testing

#endif  // SOCKLOG_TESTS_UNIT_WINDOW_FEEDER_H_
