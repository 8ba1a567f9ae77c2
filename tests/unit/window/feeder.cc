#include "feeder.h"

#include <algorithm>
#include <limits>

#include "support/catch.h"

namespace socklog::testing {

Feeder::Feeder(const WindowShape& shape, std::vector<std::vector<ModelLine>> partitions)
    : shape_(shape),
      partitions_(std::move(partitions)),
      next_(partitions_.size(), 0),
      idle_(partitions_.size(), false),
      resumed_(partitions_.size()),
      aggregator_(std::make_unique<WindowAggregator>(shape, true)) {
  for (const std::vector<ModelLine>& lines : partitions_) {
    aggregator_->AddPartition();
    Block& block = blocks_.emplace_back();
    std::vector<std::uint32_t>& offsets = offsets_.emplace_back();
    for (std::size_t line = 0; line <= lines.size(); ++line) {
      offsets.push_back(static_cast<std::uint32_t>(block.text.size()));
      if (line < lines.size()) block.text.Append("line " + std::to_string(line) + "\n");
    }
  }
}

Feeder::Feeder(const WindowShape& shape, std::vector<std::vector<ModelLine>> partitions, const SavedWindows& saved)
    : Feeder(shape, std::move(partitions)) {
  SnapshotReader aggregator(saved.aggregator);
  aggregator_->Decode(&aggregator);
  REQUIRE(aggregator.ok());
  REQUIRE(aggregator.at_end());
  for (PartitionId id = 0; id < saved.partitions.size(); ++id) {
    if (saved.partitions[id].empty()) continue;
    SnapshotReader reader(saved.partitions[id]);
    const PartitionWindows::Saved partition = DecodeSaved(&reader);
    REQUIRE(reader.ok());
    REQUIRE(reader.at_end());
    this->partition(id).Restore(partition);
    next_[id] = partition.mark.line;
    resumed_[id] = {saved.partitions[id], partition.mark.line};
  }
}

Request Feeder::RequestAt(PartitionId id, std::size_t line) const {
  Request request = partitions_[id][line].AsRequest();
  request.line = static_cast<std::uint32_t>(line);
  request.offset = offsets_[id][line];
  request.size = offsets_[id][line + 1] - 1 - request.offset;
  return request;
}

void Feeder::Step(PartitionId id) {
  const std::size_t line = next_[id];
  if (line < partitions_[id].size() && !partitions_[id][line].malformed)
    return StepRun(id, 1, std::numeric_limits<Micros>::max());
  ++next_[id];
  if (line == partitions_[id].size()) {
    partition(id).ReleaseAll();
  } else {
    partition(id).AddMalformed(blocks_[id].PositionAt(offsets_[id][line]), line);
  }
  Advance();
}

void Feeder::StepRun(PartitionId id, std::size_t lines, Micros stop_at) {
  const std::vector<ModelLine>& all = partitions_[id];
  std::vector<Request> run;
  for (std::size_t line = next_[id]; line < all.size() && !all[line].malformed && run.size() < lines; ++line)
    run.push_back(RequestAt(id, line));
  if (run.empty()) return Step(id);
  const std::size_t panes = partition(id).panes().size();
  const PartitionWindows::Added added = partition(id).Add(run, {blocks_[id], 0}, stop_at);
  REQUIRE(added.taken >= 1);
  REQUIRE(added.taken <= run.size());
  if (added.taken < run.size()) REQUIRE((partition(id).maximum() >= stop_at || partition(id).panes().size() > panes));
  next_[id] += added.taken;
  Advance();
}

void Feeder::SetIdle(PartitionId id, bool idle) {
  idle_[id] = idle;
  if (idle) partition(id).ReleaseAll();
  Advance();
}

void Feeder::CloseThrough(Micros watermark) {
  if (!aggregator_->CloseThrough(watermark, Collect()).ok()) FAIL("Collect never fails");
}

void Feeder::Finish() {
  for (PartitionId id = 0; id < partitions_.size(); ++id) {
    while (!ended(id)) Step(id);
  }
  REQUIRE(aggregator_->CloseAll(Collect()).ok());
}

SavedWindows Feeder::Save() const {
  SavedWindows saved;
  SnapshotWriter aggregator;
  aggregator_->Encode(&aggregator);
  saved.aggregator = aggregator.bytes();
  for (PartitionId id = 0; id < partitions_.size(); ++id) {
    SnapshotWriter writer;
    const std::uint64_t seen = aggregator_->partition(id).lines_seen();
    if (seen > resumed_[id].line) EncodeSaved(aggregator_->partition(id).Save(), &writer);
    saved.partitions.push_back(seen > resumed_[id].line ? writer.bytes() : resumed_[id].bytes);
  }
  return saved;
}

WindowAggregator::OnWindow Feeder::Collect() {
  return [this](const WindowReport& report) {
    windows.push_back(WindowText(report));
    return Status();
  };
}

void Feeder::Advance() {
  Micros lowest = std::numeric_limits<Micros>::max();
  for (PartitionId id = 0; id < partitions_.size(); ++id) {
    if (!ended(id) && !idle_[id]) lowest = std::min(lowest, partition(id).maximum());
  }
  if (lowest == std::numeric_limits<Micros>::max() || lowest == kNoTime) return;
  CloseThrough(lowest - shape_.options.lateness);
}

WindowShape SmallShape(Micros slide) {
  WindowShape shape;
  shape.options.slide = slide;
  shape.options.max_ahead = 30 * kSecond;
  shape.options.max_gap = kMinute;
  shape.max_keys = 6400;
  shape.dimensions = {true, true, true, false};
  return shape;
}

}  // namespace socklog::testing
