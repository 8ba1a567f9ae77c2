// A Source whose partitions are scripts: lines, pauses, the end.
#ifndef SOCKLOG_TESTS_SUPPORT_MEMORY_SOURCE_H_
#define SOCKLOG_TESTS_SUPPORT_MEMORY_SOURCE_H_

#include <atomic>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "socklog/source.h"
#include "support/manual_clock.h"

namespace socklog::testing {

// Waiting turns the clock, so nothing here takes time. A partition ends after the last step of its script.
// Thread-safe, as Source, once the scripts are written.
class MemorySource : public Source {
 public:
  // Borrowed.
  explicit MemorySource(ManualClock* clock) : clock_(*clock) {}

  // `appears`: how long after now it is there. REQUIRES: not before an earlier one.
  PartitionId AddPartition(std::string name, bool can_idle = false, Micros appears = 0);
  // Whole lines, each with a newline, to be read in one block.
  void AddLines(PartitionId id, std::string_view text);
  // The same in blocks of random length.
  void AddLines(PartitionId id, std::string_view text, std::size_t most_lines_a_block, SplitMix64* random);
  // From when what stands before it was read.
  void AddPause(PartitionId id, Micros length);
  // Reading fails there.
  void AddError(PartitionId id, const std::string& message);
  // The partition whose last step comes again and again, until all others have ended; each time takes 100 ms.
  std::optional<PartitionId> endless;
  bool can_be_read_again = true;
  std::vector<PartitionId> forgotten;

  // Before the first Read: leaves out what stands before a position that EncodePosition gave.
  void StartAt(PartitionId id, const std::string& position);

  std::size_t partition_count() const override;
  const std::string& partition_name(PartitionId id) const override { return partitions_[id].name; }
  bool can_idle(PartitionId id) const override { return partitions_[id].can_idle; }
  Result<Progress> Read(PartitionId id, Block* block) override;
  // Turns the clock to the end of a pause, at the most by `timeout`. An error when nothing could ever come.
  Status Wait(Micros timeout) override;
  bool complete() const override { return partition_count() == partitions_.size(); }
  std::string EncodePosition(PartitionId, Position position) const override {
    return can_be_read_again ? std::to_string(position.offset) : "";
  }
  void Forget(PartitionId id) override { forgotten.push_back(id); }
  void Stop() noexcept override { stopped_ = true; }

 private:
  struct Step {
    std::string text;
    Micros pause = 0;
    std::string error;
  };
  struct Partition {
    std::string name;
    bool can_idle;
    Micros appears;
    std::deque<Step> steps;
    std::uint64_t offset = 0;  // of the next step's text
    Micros paused_until = kNoTime;
    bool waits = false;  // its last Read said kIdle
    bool ended = false;
  };

  bool IsRepeated(PartitionId id) const;

  Result<Progress> ReadStep(PartitionId id, Block* block);

  ManualClock& clock_;
  std::mutex mutex_;
  std::vector<Partition> partitions_;
  std::atomic<bool> stopped_{false};
  int fruitless_waits_ = 0;
};

}  // namespace socklog::testing

#endif  // SOCKLOG_TESTS_SUPPORT_MEMORY_SOURCE_H_
