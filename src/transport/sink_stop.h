// StopSinks, and how the blocking waits of sinks hear of it.
#ifndef SOCKLOG_TRANSPORT_SINK_STOP_H_
#define SOCKLOG_TRANSPORT_SINK_STOP_H_

#include "socklog/status.h"
#include "socklog/time.h"
#include "transport/poll_set.h"

namespace socklog {

bool SinkStopRequested() noexcept;

// Polls, and watches for StopSinks. After it, a reader that is merely slow has `patience` to take something: false when
// that has passed in vain. True otherwise, also when only the set's due time or a signal came.
Result<bool> PollUnlessStopped(PollSet* set, Micros patience);

// How long what is on its way still has after StopSinks. Thread-compatible.
class StopPatience {
 public:
  explicit StopPatience(Micros patience) : patience_(patience) {}
  // Whether that has passed, since it was first asked after StopSinks. `now`: of Clock::Monotonic.
  bool IsOver(Micros now) {
    if (!SinkStopRequested()) return false;
    if (stop_seen_ == 0) stop_seen_ = now;
    return now - stop_seen_ >= patience_;
  }

 private:
  const Micros patience_;
  Micros stop_seen_ = 0;
};

// A process stops once; tests do so again and again. REQUIRES: no sink in use
void ResetSinkStopForTest();

}  // namespace socklog

#endif  // SOCKLOG_TRANSPORT_SINK_STOP_H_
