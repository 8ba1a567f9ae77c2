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
  for (std::size_t i = 0; i < partitions_.size(); ++i) aggregator_->AddPartition();
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

void Feeder::Step(PartitionId id) {
  const std::size_t line = next_[id]++;
  if (line == partitions_[id].size()) {
    partition(id).ReleaseAll();
  } else if (partitions_[id][line].malformed) {
    partition(id).AddMalformed({0, line}, line);
  } else {
    partition(id).Add(partitions_[id][line].Request(), {0, line}, line);
  }
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
