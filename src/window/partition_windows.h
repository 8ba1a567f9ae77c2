// One partition's lines: late, held, or counted into panes. A deterministic function of those lines.
#ifndef SOCKLOG_WINDOW_PARTITION_WINDOWS_H_
#define SOCKLOG_WINDOW_PARTITION_WINDOWS_H_

#include <array>
#include <cstdint>
#include <deque>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/snapshot.h"
#include "socklog/log_entry.h"
#include "socklog/request.h"
#include "window/counters.h"
#include "window/lateness_histogram.h"
#include "window/pane_pool.h"
#include "window/window_shape.h"

namespace socklog {

// A place in a partition from which reading again gives the same state: nothing was held there.
struct Mark {
  Position position;
  std::uint64_t line = 0;    // lines of the partition before it
  Micros maximum = kNoTime;  // before that line
};

struct OpenPane {
  Micros start = 0;
  Mark mark;  // of the line that opened it
  Pane* pane = nullptr;
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
  // Well-formed lines of one block, in their order, at least one of them. Stops behind the first line after which
  // maximum() is at `stop_at` or beyond, or that opened a pane: then a window may close.
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
    return maximum_ != kNoTime || waiting_.empty() ? maximum_ : waiting_.front().request.time;
  }

  // By start. Those that start at `start` or later are panes() from FirstPaneFrom(start) on.
  const std::deque<OpenPane>& panes() const { return panes_; }
  std::deque<OpenPane>::const_iterator FirstPaneFrom(Micros start) const;
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
  // One line, on its way through the rules.
  struct Line {
    const Request& request;
    Mark mark;                 // of the line, or of the first that waited before it
    std::uint64_t number = 0;  // in the partition, from 0
    std::string_view text;     // where late lines are kept
  };
  // A line that waits, with text of its own.
  struct Waiting {
    Request request;                                     // its keys point nowhere
    std::array<std::string, kKeyedDimensionCount> keys;  // padded
    std::uint64_t number = 0;
    std::string text;

    Request OwnRequest() const;  // whose keys are those here
  };
  std::span<const Request> LookUp(std::span<const Request> requests);
  std::size_t AddPlain(std::span<const Request> requests, const BlockPlace& place, Micros stop_at);
  bool AddLine(const Request& request, const BlockPlace& place);
  void See(const Request& request, const BlockPlace& place);
  void Wait(const Line& line);
  void Start();
  void AcceptWaiting();
  void Admit(const Line& line);
  void Accept(const Line& line);
  void CountLate(std::string_view text, bool after_idle);
  bool CountsNow(std::uint64_t number);
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
  std::deque<OpenPane> panes_;
  Micros current_start_ = kNoTime;
  Pane* current_ = nullptr;  // the pane of the last line, usually that of the next one too
  LookedUpIds ids_;          // of the requests to come, those at looked_up_ .. looked_up_end_-1
  std::size_t looked_up_ = 0;
  std::size_t looked_up_end_ = 0;
  Mark last_;  // of the last line seen, with the maximum after it
  std::uint64_t next_line_ = 0;
  std::uint64_t frontier_ = 0;
  std::vector<std::uint64_t> uncounted_;  // lines before the frontier whose fate no run has counted yet
};

void EncodeSaved(const PartitionWindows::Saved& saved, SnapshotWriter* out);
// Damage: in->ok() is false then.
PartitionWindows::Saved DecodeSaved(SnapshotReader* in);

}  // namespace socklog

#endif  // SOCKLOG_WINDOW_PARTITION_WINDOWS_H_
