// Notices metrics that a run never had enough samples for.
#ifndef SOCKLOG_PIPELINE_SAMPLE_WATCH_H_
#define SOCKLOG_PIPELINE_SAMPLE_WATCH_H_

#include <cstdint>
#include <string>
#include <vector>

#include "detect/decider.h"
#include "detect/scorer.h"
#include "socklog/window.h"

namespace socklog {

// What is never judged looks like a quiet day. Thread-compatible.
class SampleWatch {
 public:
  // `calibrated`: a thresholds file decides about windows and samples. The others are borrowed.
  SampleWatch(const Scorer& scorer, const Decider& decider, bool calibrated)
      : scorer_(scorer), decider_(decider), calibrated_(calibrated), seen_(scorer.metrics().size()) {}

  // Each closed window. `judged`: by metric, whether a series had enough samples.
  void Add(const WindowReport& report, const std::vector<bool>& judged);

  // Which metrics could not be judged in any window that had requests, how near they came, and what to do. Keyed ones
  // only if nothing was judged at all: that no key has enough requests is usual. A line with its newline, or empty.
  std::string Text() const;

 private:
  struct Seen {
    bool judged = false;
    std::uint64_t most = 0;  // samples of one series in one window, until it is judged
  };

  void Look(std::uint32_t metric, const Cell& cell);

  const Scorer& scorer_;
  const Decider& decider_;
  const bool calibrated_;
  std::vector<Seen> seen_;  // by metric
  bool any_judged_ = false;
  std::uint64_t windows_ = 0;  // with a request
};

}  // namespace socklog

#endif  // SOCKLOG_PIPELINE_SAMPLE_WATCH_H_
