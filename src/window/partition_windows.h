// One partition's lines: late, held, or counted into panes. A deterministic function of those lines.
#ifndef SOCKLOG_WINDOW_PARTITION_WINDOWS_H_
#define SOCKLOG_WINDOW_PARTITION_WINDOWS_H_

#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/snapshot.h"
#include "sketch/key_table.h"
#include "socklog/log_entry.h"
#include "socklog/options.h"
#include "socklog/request.h"
#include "window/counters.h"
#include "window/key_rules.h"
#include "window/lateness_histogram.h"

namespace socklog {

// What one slide's length of time knows of one partition.
struct Pane {
  Cell total;
  std::array<std::unique_ptr<KeyTable>, kDimensionCount> tables;  // null where no metric asks
};

// A place in a partition from which reading again gives the same state: nothing was held there.
struct Mark {
  Position position;
  std::uint64_t line = 0;    // lines of the partition before it
  Micros maximum = kNoTime;  // before that line
};

// What all partitions of a run share. Not owned; must outlive the partitions.
struct WindowShape {
  WindowOptions options;
  std::uint64_t max_keys = 0;  // resolved, per table
  std::array<bool, kDimensionCount> dimensions{};
  std::optional<Micros> since;
  std::optional<Micros> until;
};

// Panes that were used and may be used again, so that the steady state allocates no tables.
class PanePool {
 public:
  static constexpr std::size_t kKept = 2;  // more would only hold memory

  explicit PanePool(const WindowShape& shape) : shape_(shape) {}
  std::unique_ptr<Pane> Take();
  void Give(std::unique_ptr<Pane> pane);

 private:
  const WindowShape& shape_;
  std::vector<std::unique_ptr<Pane>> free_;
};

// Late, "ahead" and the first maximum are as docs/architecture.md tells under "Time". Thread-compatible.
class PartitionWindows {
 public:
  // Lines before the maximum is known, and lines from the future, wait until there are this many.
  static constexpr std::size_t kMaxHeld = 16;

  // All are borrowed. `late_lines`: where the text of late lines goes, each with a newline; nullptr: nowhere.
  PartitionWindows(const WindowShape& shape, PanePool& pool, LineCounters& counters, LatenessHistogram& lateness,
                   std::string* late_lines);

  // Everything below `closed_through` is closed; never decreases.
  void SetClosedThrough(Micros closed_through) { closed_through_ = closed_through; }

  // Where the lines of a block stand. Borrowed for the call.
  struct BlockPlace {
    const Block& block;
    std::uint64_t first_line = 0;  // the number of its first line in the partition, from 0
  };
  struct Added {
    std::size_t taken = 0;    // of the requests
    bool tells_time = false;  // one of them at least was inside [since, until): the partition is alive
  };
  // Well-formed lines of one block, in their order, at least one of them. Stops behind the line that brings maximum()
  // to `stop_at` or beyond, or that opened a pane: then a window may close.
  Added Add(std::span<const Request> requests, const BlockPlace& place, Micros stop_at);
  // One line that is no log line.
  void AddMalformed(Position position, std::uint64_t line);

  // The partition has ended, or is silent: what was held was right. Should lines come all the same, those that are late
  // only because of this count as late_after_idle.
  void ReleaseAll();

  // The largest time of an accepted line; kNoTime before that is known.
  Micros maximum() const { return maximum_; }
  // Of the first line that waits for the first maximum; what a reader compares partitions by until then.
  Micros provisional_maximum() const {
    return maximum_ != kNoTime || waiting_.empty() ? maximum_ : waiting_.front().time;
  }

  const std::map<Micros, std::unique_ptr<Pane>>& panes() const { return panes_; }
  // Gives back panes that start before `start`.
  void DropPanesBefore(Micros start);

  // Where to read on after a restart, and what is known there. Restore is called before the first Add, with lines from
  // that mark.
  struct Saved {
    Mark mark;
    std::uint64_t frontier = 0;            // lines before it were counted already
    std::vector<std::uint64_t> uncounted;  // but for these, which wait
  };
  Saved Save() const;
  void Restore(const Saved& saved);
  std::uint64_t lines_seen() const { return next_line_; }
  // False while lines are read again that an earlier run has counted.
  bool IsNew(std::uint64_t line) const { return line >= frontier_; }

 private:
  // A line that waits, with text of its own.
  struct Waiting {
    Micros time;
    Cell cell;
    bool ignored;
    std::array<std::string, kDimensionCount> keys;
    std::uint64_t line;
    std::string raw;
    CountedRequest View() const;
  };
  void Wait(const CountedRequest& request, const Mark& mark, std::uint64_t line);
  void Start();
  void AcceptWaiting();
  void Admit(const CountedRequest& request, const Mark& mark, std::uint64_t line);
  void Accept(const CountedRequest& request, const Mark& mark, std::uint64_t line);
  void CountLate(const CountedRequest& request, bool after_idle);
  static void Count(const CountedRequest& request, Pane* pane);
  bool CountsNow(std::uint64_t line);
  Pane* PaneAt(Micros start, const Mark& mark);
  Micros PaneStart(Micros time) const;

  const WindowShape& shape_;
  PanePool& pool_;
  LineCounters& counters_;
  LatenessHistogram& lateness_;
  std::string* late_lines_;

  Micros maximum_ = kNoTime;
  Micros closed_through_ = kNoTime;
  Micros late_by_silence_from_ =
      std::numeric_limits<Micros>::max();  // late lines from this time on were not, had nobody been silent
  std::vector<Waiting> waiting_;
  Mark waiting_mark_;  // of the first waiting line
  std::map<Micros, std::unique_ptr<Pane>> panes_;
  std::map<Micros, Mark> marks_;  // by pane: of the line that opened it
  Micros current_start_ = kNoTime;
  Pane* current_ = nullptr;  // the pane of the last line, usually that of the next one too
  Mark last_;                // of the last line seen, with the maximum after it
  std::uint64_t next_line_ = 0;
  std::uint64_t frontier_ = 0;
  std::vector<std::uint64_t> uncounted_;  // lines before the frontier whose fate no run has counted yet
};

void EncodeSaved(const PartitionWindows::Saved& saved, SnapshotWriter* out);
// Damage: in->ok() is false then.
PartitionWindows::Saved DecodeSaved(SnapshotReader* in);

}  // namespace socklog

#endif  // SOCKLOG_WINDOW_PARTITION_WINDOWS_H_
