// How far event time has got over all partitions, and which of them still have a say in it.
#ifndef SOCKLOG_PIPELINE_WATERMARK_H_
#define SOCKLOG_PIPELINE_WATERMARK_H_

#include <limits>
#include <map>

#include "socklog/log_entry.h"
#include "socklog/options.h"
#include "socklog/time.h"
#include "window/partition_windows.h"

namespace socklog {

// The watermark is the lowest maximum of the live partitions, less the lateness. A partition is live until it ends or
// has been silent for --idle-timeout; when none is, event time goes on as the clock does. See docs/architecture.md,
// "Time". Times are maxima unless said otherwise, kNoTime where none is known; kNever stands for "no limit".
// Thread-compatible.
class Watermark {
 public:
  static constexpr Micros kNever = std::numeric_limits<Micros>::max();

  // Both are borrowed.
  Watermark(const WindowOptions& options, const Clock& clock);

  // A partition that has just appeared. Until its own maximum is known it holds event time where it is now.
  // `windows` is borrowed until Remove.
  void Add(PartitionId id, const PartitionWindows& windows);
  void Remove(PartitionId id);

  // It brought a line that tells the time, at `now` (monotonic).
  void Heard(PartitionId id, Micros now);
  // What has just become of a partition.
  enum class Change { kNone, kIdle, kLive };
  // It brought nothing, or nothing that tells the time. `can_idle`: as Source has it.
  Change Quiet(PartitionId id, bool can_idle);
  void Ended(PartitionId id);

  // Whether it has ended so long ago that nobody waits for what it may have left elsewhere.
  bool IsSettled(PartitionId id) const;

  // Windows that end at or before it may close. `complete`: no further partition can appear.
  Micros Current(bool complete) const;
  // The two slowest live partitions.
  struct Slowest {
    PartitionId id = 0;
    Micros first = kNever;
    Micros second = kNever;

    // The lowest time of the live partitions beside `other`; kNever if there is none.
    Micros Beside(PartitionId other) const { return other == id ? second : first; }
  };
  // Holds until a partition's maximum or liveness changes.
  Slowest FindSlowest() const;
  // The largest event time so far.
  Micros latest() const;
  // How long, at the most, nothing changes here without lines. `next_close`: the watermark at which a window closes.
  Micros WaitTime(Micros next_close) const;

 private:
  struct Member {
    const PartitionWindows* windows;
    Micros floor;         // where event time was when it appeared
    Micros last_arrival;  // monotonic: of a line, or of the partition
    bool can_idle = false;
    bool idle = false;
    bool ended = false;

    bool IsLive() const { return !ended && !idle; }
    Micros Time() const { return windows->maximum() != kNoTime ? windows->maximum() : floor; }
  };

  bool IsSilent(const Member& member) const;
  Micros LowestKnown() const;
  Micros WithoutLive() const;

  const WindowOptions& options_;
  const Clock& clock_;
  std::map<PartitionId, Member> members_;
  Micros removed_ = kNoTime;  // the largest maximum of those that were removed
  Micros last_arrival_;       // of any
};

}  // namespace socklog

#endif  // SOCKLOG_PIPELINE_WATERMARK_H_
