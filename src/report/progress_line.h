// A line on the terminal that tells how far a long job is.
#ifndef SOCKLOG_REPORT_PROGRESS_LINE_H_
#define SOCKLOG_REPORT_PROGRESS_LINE_H_

#include <cstdint>
#include <string>

#include "socklog/options.h"
#include "socklog/time.h"

namespace socklog {

// Rewrites one line of stderr, at most five times a second. Does nothing unless enabled (a terminal, no --no-progress,
// not -q). Thread-compatible.
class ProgressLine {
 public:
  ProgressLine(bool enabled, const Clock& clock) : enabled_(enabled), clock_(clock), started_(clock.Monotonic()) {}
  ~ProgressLine() { Clear(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  // `done` lines so far, event time up to `time` (kNoTime: unknown), `total` to do (kUnlimited: unknown).
  void Update(std::uint64_t done, Micros time, std::uint64_t total = kUnlimited);
  // Removes the line, before something else is written to the terminal.
  void Clear();

 private:
  const bool enabled_;
  const Clock& clock_;
  const Micros started_;
  Micros shown_at_ = 0;
  bool visible_ = false;
};

}  // namespace socklog

#endif  // SOCKLOG_REPORT_PROGRESS_LINE_H_
