// Joins the partitions' panes into closed windows, in the order of time.
#ifndef SOCKLOG_WINDOW_WINDOW_AGGREGATOR_H_
#define SOCKLOG_WINDOW_WINDOW_AGGREGATOR_H_

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/snapshot.h"
#include "sketch/table_merger.h"
#include "socklog/status.h"
#include "socklog/window.h"
#include "window/partition_windows.h"

namespace socklog {

// The windows that come out are a function of what each partition was given, whatever the order in which partitions
// took turns. Thread-compatible.
class WindowAggregator {
 public:
  // Called for each closed window, and once for the rest of a long gap. The report is valid during the call. An error
  // ends the closing.
  using OnWindow = std::function<Status(const WindowReport&)>;

  explicit WindowAggregator(const WindowShape& shape, bool keep_late_lines);

  // Partitions are numbered from 0 in the order of the calls. The reference stays valid until RemovePartition.
  PartitionWindows& AddPartition();
  // REQUIRES: it has no open panes.
  void RemovePartition(PartitionId id) { partitions_.erase(id); }
  PartitionWindows& partition(PartitionId id) { return *partitions_.at(id); }
  const PartitionWindows& partition(PartitionId id) const { return *partitions_.at(id); }

  // The watermark at which the next window closes; the largest time there is while no line is in a window.
  Micros next_close() const;
  // Closes all windows whose end is at or before `watermark`.
  Status CloseThrough(Micros watermark, const OnWindow& on_window);
  // The stream has ended: closes every window that holds a line.
  Status CloseAll(const OnWindow& on_window);

  const LineCounters& counters() const { return counters_; }
  LineCounters& counters() { return counters_; }
  const LatenessHistogram& lateness() const { return lateness_; }
  std::uint64_t evicted_keys() const { return evicted_keys_; }
  // All windows that end at or before it are closed; kNoTime: none is.
  Micros closed_through() const {
    return next_start_ == kNoTime ? kNoTime : next_start_ - slide_ + shape_.options.window;
  }
  // Windows with at least one line that are not closed.
  std::uint64_t open_windows() const;
  // Texts of late lines since the last call, each with a newline.
  std::string TakeLateLines();

  // Everything but the partitions, which the caller saves one by one with their positions.
  void Encode(SnapshotWriter* out) const;
  // Bytes that no Encode can have written: in->ok() is false then.
  void Decode(SnapshotReader* in);

  // The most that tables of keys and their reports take with so many partitions, in bytes.
  static std::uint64_t MemoryBound(const WindowShape& shape, std::uint64_t partitions);

 private:
  Micros FirstPaneFrom(Micros start) const;
  Status CloseWindow(const OnWindow& on_window);
  Status CloseEmpty(std::uint64_t count, const OnWindow& on_window);
  Status FlushGap(const OnWindow& on_window);
  template <typename Visit>
  void ForEachPane(Micros start, Visit visit) const;
  void BuildReport(Micros start);
  Status ReportEmpty(Micros start, Micros end, std::uint64_t windows, const OnWindow& on_window);
  void TellClosedThrough();
  void FinishWindow(Micros start);

  const WindowShape shape_;
  const Micros slide_;
  PanePool pool_;
  LineCounters counters_;
  LatenessHistogram lateness_;
  bool keep_late_lines_;
  std::string late_lines_;
  std::map<PartitionId, std::unique_ptr<PartitionWindows>> partitions_;
  PartitionId next_partition_ = 0;
  WindowReport report_;
  std::array<TableMerger, kDimensionCount> mergers_;
  std::vector<const KeyTable*> tables_;  // of one dimension; a member so as to keep its memory
  std::uint64_t evicted_keys_ = 0;

  Micros next_start_ = kNoTime;    // of the first window that is not closed; kNoTime before the first pane
  std::uint64_t empty_run_ = 0;    // empty windows closed since the last one with a line
  std::uint64_t gap_windows_ = 0;  // of them, not reported yet: the rest of a long gap
};

}  // namespace socklog

#endif  // SOCKLOG_WINDOW_WINDOW_AGGREGATOR_H_
