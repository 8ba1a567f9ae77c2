// Where every line of a run ended up.
#ifndef SOCKLOG_WINDOW_COUNTERS_H_
#define SOCKLOG_WINDOW_COUNTERS_H_

#include <cstdint>

#include "base/snapshot.h"

namespace socklog {

// A line is counted once its fate is known, in exactly one of the first six.
struct LineCounters {
  std::uint64_t malformed = 0;
  std::uint64_t counted = 0;          // in a window
  std::uint64_t late = 0;             // includes late_after_idle
  std::uint64_t ahead = 0;            // a time stamp from the future, contradicted by later lines
  std::uint64_t ignored = 0;          // an [[ignore]] rule, or no request (LogEntry::no_request)
  std::uint64_t outside = 0;          // before --since, or at or after --until
  std::uint64_t late_after_idle = 0;  // of `late`: only because the partition was silent before
  std::uint64_t slow_path = 0;

  std::uint64_t parsed() const { return counted + late + ahead + ignored + outside; }
  std::uint64_t lines() const { return parsed() + malformed; }

  void Encode(SnapshotWriter* out) const {
    for (const std::uint64_t value : {malformed, counted, late, ahead, ignored, outside, late_after_idle, slow_path})
      out->U64(value);
  }
  void Decode(SnapshotReader* in) {
    for (std::uint64_t* value : {&malformed, &counted, &late, &ahead, &ignored, &outside, &late_after_idle, &slow_path})
      *value = in->U64();
  }
};

}  // namespace socklog

#endif  // SOCKLOG_WINDOW_COUNTERS_H_
