#include "support/memory_source.h"

#include <algorithm>
#include <limits>

#include "base/line_splitter.h"

namespace socklog::testing {

PartitionId MemorySource::AddPartition(std::string name, bool can_idle, Micros appears) {
  Partition& partition = partitions_.emplace_back();
  partition.name = std::move(name);
  partition.can_idle = can_idle;
  partition.appears = clock_.Monotonic() + appears;
  return static_cast<PartitionId>(partitions_.size() - 1);
}

void MemorySource::AddLines(PartitionId id, std::string_view text) {
  partitions_[id].steps.push_back({std::string(text), 0, ""});
}

void MemorySource::AddLines(PartitionId id, std::string_view text, std::size_t most_lines_a_block, SplitMix64* random) {
  while (!text.empty()) {
    std::size_t size = 0;
    for (std::uint64_t lines = 1 + random->Below(most_lines_a_block); lines > 0 && size < text.size(); --lines)
      size = text.find('\n', size) + 1;
    AddLines(id, text.substr(0, size));
    text.remove_prefix(size);
  }
}

void MemorySource::AddPause(PartitionId id, Micros length) { partitions_[id].steps.push_back({"", length, ""}); }

void MemorySource::AddError(PartitionId id, const std::string& message) {
  partitions_[id].steps.push_back({"", 0, message});
}

void MemorySource::StartAt(PartitionId id, const std::string& position) {
  Partition& partition = partitions_[id];
  const std::uint64_t start = std::stoull(position);
  while (!partition.steps.empty() && partition.offset < start) {
    Step& step = partition.steps.front();
    const std::size_t skipped = std::min<std::size_t>(step.text.size(), start - partition.offset);
    step.text.erase(0, skipped);
    partition.offset += skipped;
    if (step.text.empty()) partition.steps.pop_front();
  }
}

std::size_t MemorySource::partition_count() const {
  const auto later = std::find_if(partitions_.begin(), partitions_.end(),
                                  [&](const Partition& p) { return p.appears > clock_.Monotonic(); });
  return static_cast<std::size_t>(later - partitions_.begin());
}

bool MemorySource::IsRepeated(PartitionId id) const {
  if (endless != id || partitions_[id].steps.size() > 1) return false;
  const auto open = [](const Partition& partition) { return !partition.ended; };
  return std::count_if(partitions_.begin(), partitions_.end(), open) > 1;
}

Result<Progress> MemorySource::Read(PartitionId id, Block* block) {
  const std::lock_guard lock(mutex_);
  return ReadStep(id, block);
}

Result<Progress> MemorySource::ReadStep(PartitionId id, Block* block) {
  Partition& partition = partitions_[id];
  block->clear();
  block->partition = id;
  partition.waits = false;
  if (partition.ended) return Status::Failed(partition.name + " was read after its end");
  if (!partition.steps.empty() && partition.steps.front().pause > 0) {
    if (partition.paused_until == kNoTime) partition.paused_until = clock_.Monotonic() + partition.steps.front().pause;
    if (clock_.Monotonic() < partition.paused_until) {
      partition.waits = true;
      return Progress::kIdle;
    }
    partition.paused_until = kNoTime;
    partition.steps.pop_front();
    return ReadStep(id, block);
  }
  fruitless_waits_ = 0;
  if (partition.steps.empty()) {
    partition.ended = true;
    return Progress::kEnd;
  }
  const Step step = partition.steps.front();
  if (IsRepeated(id)) {
    clock_.Turn(100 * kMillisecond);
  } else {
    partition.steps.pop_front();
  }
  if (!step.error.empty()) return Status::Failed(step.error);
  LineSplitter splitter(partition.offset);
  splitter.Begin(block);
  block->text.Append(step.text);
  splitter.Cut(block);
  partition.offset += step.text.size();
  return Progress::kMore;
}

Status MemorySource::Wait(Micros timeout) {
  constexpr int kMostWaits = 1'000'000;
  if (stopped_) return {};
  const std::lock_guard lock(mutex_);
  Micros until = timeout < 0 ? std::numeric_limits<Micros>::max() : clock_.Monotonic() + timeout;
  for (const Partition& partition : partitions_) {
    if (partition.waits) until = std::min(until, partition.paused_until);
    if (partition.appears > clock_.Monotonic()) until = std::min(until, partition.appears);
  }
  if (until == std::numeric_limits<Micros>::max() || ++fruitless_waits_ > kMostWaits)
    return Status::Failed("waits for ever");
  if (until > clock_.Monotonic()) clock_.Turn(until - clock_.Monotonic());
  for (Partition& partition : partitions_)
    partition.waits = partition.waits && partition.paused_until > clock_.Monotonic();  // reported once
  return {};
}

}  // namespace socklog::testing
