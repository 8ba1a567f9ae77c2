#include "window/window_aggregator.h"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

namespace socklog {
namespace {

constexpr Micros kNever = std::numeric_limits<Micros>::max();
constexpr std::uint64_t kLongestGap = std::uint64_t{100'000} * 365 * kDay;  // beyond what time stamps can say

}  // namespace

WindowAggregator::WindowAggregator(const WindowShape& shape, bool keep_late_lines)
    : shape_(shape), slide_(shape.options.slide_or_window()), pool_(shape_), keep_late_lines_(keep_late_lines) {}

PartitionWindows& WindowAggregator::AddPartition() {
  const auto added = partitions_.emplace(next_partition_++,
                                         std::make_unique<PartitionWindows>(shape_, pool_, counters_, lateness_,
                                                                            keep_late_lines_ ? &late_lines_ : nullptr));
  TellClosedThrough();
  return *added.first->second;
}

std::string WindowAggregator::TakeLateLines() { return std::exchange(late_lines_, std::string()); }

// kNever if there is none.
Micros WindowAggregator::FirstPaneFrom(Micros start) const {
  Micros first = kNever;
  for (const auto& [id, partition] : partitions_) {
    const auto pane = partition->FirstPaneFrom(start);
    if (pane != partition->panes().end()) first = std::min(first, pane->start);
  }
  return first;
}

Micros WindowAggregator::next_close() const {
  if (next_start_ != kNoTime) return next_start_ + shape_.options.window;
  const Micros first = FirstPaneFrom(kNoTime);
  return first == kNever ? kNever : first + slide_;
}

Status WindowAggregator::CloseThrough(Micros watermark, const OnWindow& on_window) {
  if (watermark == kNoTime) return {};
  const Micros window = shape_.options.window;
  if (next_start_ == kNoTime) {
    if (next_close() > watermark) return {};  // an earlier line may still come
    next_start_ = next_close() - window;
  }
  while (next_start_ + window <= watermark) {
    const Micros pane = FirstPaneFrom(next_start_);
    if (pane < next_start_ + window) {
      if (Status status = CloseWindow(on_window); !status.ok()) return status;
      continue;
    }
    // Every window up to the one that ends with the next pane, or at the watermark, is empty.
    const Micros before = pane == kNever ? watermark - window : std::min(watermark - window, pane - window);
    const auto empty = static_cast<std::uint64_t>((before - next_start_) / slide_ + 1);
    if (Status status = CloseEmpty(empty, on_window); !status.ok()) return status;
  }
  return {};
}

Status WindowAggregator::CloseAll(const OnWindow& on_window) {
  Micros last = kNoTime;
  for (const auto& [id, partition] : partitions_) {
    if (!partition->panes().empty()) last = std::max(last, partition->panes().back().start);
  }
  // The last window with a line in it is the one that starts with the last pane.
  if (last != kNoTime) {
    if (Status status = CloseThrough(last + shape_.options.window, on_window); !status.ok()) return status;
  }
  return FlushGap(on_window);
}

Status WindowAggregator::CloseWindow(const OnWindow& on_window) {
  if (Status status = FlushGap(on_window); !status.ok()) return status;
  empty_run_ = 0;
  BuildReport(next_start_);
  for (const DimensionReport& dimension : report_.dimensions) evicted_keys_ += dimension.evicted;
  Status status = on_window(report_);
  FinishWindow(next_start_ + slide_);
  return status;
}

// Empty windows are reported one by one up to --max-gap; the rest of a longer gap is one record, sent when the gap is
// over.
Status WindowAggregator::CloseEmpty(std::uint64_t count, const OnWindow& on_window) {
  const auto singly = static_cast<std::uint64_t>(shape_.options.max_gap / slide_);
  while (count > 0 && empty_run_ < singly) {
    ++empty_run_;
    --count;
    Status status = ReportEmpty(next_start_, next_start_ + shape_.options.window, 1, on_window);
    FinishWindow(next_start_ + slide_);
    if (!status.ok()) return status;
  }
  empty_run_ += count;
  gap_windows_ += count;
  if (count > 0) FinishWindow(next_start_ + static_cast<Micros>(count) * slide_);
  return {};
}

Status WindowAggregator::FlushGap(const OnWindow& on_window) {
  if (gap_windows_ == 0) return {};
  const std::uint64_t windows = std::exchange(gap_windows_, 0);
  return ReportEmpty(next_start_ - static_cast<Micros>(windows) * slide_, next_start_ - slide_ + shape_.options.window,
                     windows, on_window);
}

Status WindowAggregator::ReportEmpty(Micros start, Micros end, std::uint64_t windows, const OnWindow& on_window) {
  report_.start = start;
  report_.end = end;
  report_.windows = windows;
  report_.total = Cell();
  for (DimensionReport& dimension : report_.dimensions) {
    dimension.keys.clear();
    dimension.evicted = 0;
  }
  return on_window(report_);
}

void WindowAggregator::FinishWindow(Micros next_start) {
  next_start_ = next_start;
  for (const auto& [id, partition] : partitions_) partition->DropPanesBefore(next_start);
  TellClosedThrough();
}

// The end of the last closed window.
void WindowAggregator::TellClosedThrough() {
  if (next_start_ == kNoTime) return;
  for (const auto& [id, partition] : partitions_) partition->SetClosedThrough(closed_through());
}

// Calls visit(pane) for each pane of the window that starts at `start`, partition by partition.
template <typename Visit>
void WindowAggregator::ForEachPane(Micros start, Visit visit) const {
  for (const auto& [id, partition] : partitions_) {
    const auto end = partition->panes().end();
    for (auto open = partition->FirstPaneFrom(start); open != end && open->start < start + shape_.options.window;
         ++open)
      visit(*open->pane);
  }
}

void WindowAggregator::BuildReport(Micros start) {
  report_.start = start;
  report_.end = start + shape_.options.window;
  report_.windows = 1;
  report_.total = Cell();
  ForEachPane(start, [this](const Pane& pane) { report_.total += pane.Total(); });
  for (std::size_t d = 0; d < kDimensionCount; ++d) {
    tables_.clear();
    ForEachPane(start, [this, d](const Pane& pane) {
      if (pane.tables[d]) tables_.push_back(pane.tables[d].get());
    });
    mergers_[d].Merge(tables_, {shape_.max_keys, shape_.least_requests[d]}, &report_.dimensions[d]);
  }
}

std::uint64_t WindowAggregator::open_windows() const {
  std::set<Micros> panes;
  for (const auto& [id, partition] : partitions_) {
    for (const OpenPane& open : partition->panes()) panes.insert(open.start);
  }
  std::uint64_t open = 0;
  Micros next = next_start_;  // the first window that is not counted yet; kNoTime is before all
  for (const Micros pane : panes) {
    const Micros first = std::max(next, pane - shape_.options.window + slide_);
    if (first > pane) continue;
    open += static_cast<std::uint64_t>((pane - first) / slide_ + 1);
    next = pane + slide_;
  }
  return open;
}

void WindowAggregator::Encode(SnapshotWriter* out) const {
  out->Time(next_start_);
  out->U64(empty_run_);
  out->U64(gap_windows_);
  out->U64(evicted_keys_);
  counters_.Encode(out);
  lateness_.Encode(out);
}

void WindowAggregator::Decode(SnapshotReader* in) {
  next_start_ = in->Time();
  empty_run_ = in->U64();
  gap_windows_ = in->U64();
  evicted_keys_ = in->U64();
  counters_.Decode(in);
  lateness_.Decode(in);
  const bool gap_is_possible =
      gap_windows_ == 0 || (next_start_ != kNoTime && gap_windows_ <= kLongestGap / static_cast<std::uint64_t>(slide_));
  if ((next_start_ != kNoTime && next_start_ % slide_ != 0) || !gap_is_possible) in->Fail();
  TellClosedThrough();
}

std::uint64_t WindowAggregator::MemoryBound(const WindowShape& shape, std::uint64_t partitions) {
  const Micros slide = shape.options.slide_or_window();
  const auto panes_in = [&](Micros length) { return static_cast<std::uint64_t>(length / slide + 2); };
  // Open at once: the panes of one window and of the lateness, and those by which a partition may be ahead of the
  // slowest.
  const Micros ahead = partitions > 1 ? shape.options.max_skew_or_default() : 0;
  const std::uint64_t panes = panes_in(shape.options.window - slide + shape.options.lateness + ahead);
  const auto dimensions =
      static_cast<std::uint64_t>(std::count(shape.dimensions.begin() + 1, shape.dimensions.end(), true));
  const std::uint64_t open = partitions * panes * KeyTable::MemoryBound(shape.max_keys);
  const std::uint64_t kept = partitions * panes * KeyTable::EmptyMemoryBound(shape.max_keys);
  const auto merged = partitions * static_cast<std::uint64_t>(shape.options.window / slide);
  const std::uint64_t grows = SpaceSaving::MemoryBound(shape.max_keys);  // one at a time
  return dimensions * (open + kept + KeyDictionary::MemoryBound(shape.max_keys) +
                       TableMerger::MemoryBound(merged, shape.max_keys)) +
         (dimensions > 0 ? grows : 0);
}

}  // namespace socklog
