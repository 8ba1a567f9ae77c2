// StopSinks, and how the blocking waits of sinks hear of it.
#ifndef SOCKLOG_TRANSPORT_SINK_STOP_H_
#define SOCKLOG_TRANSPORT_SINK_STOP_H_

#include "socklog/status.h"
#include "transport/poll_set.h"

namespace socklog {

bool SinkStopRequested() noexcept;

// Polls, and watches for StopSinks. After it, a reader that is merely slow has `patience` to take something: false when
// that has passed in vain. True otherwise, also when only the set's due time or a signal came.
Result<bool> PollUnlessStopped(PollSet* set, Micros patience);

// A process stops once; tests do so again and again. REQUIRES: no sink in use
void ResetSinkStopForTest();

}  // namespace socklog

#endif  // SOCKLOG_TRANSPORT_SINK_STOP_H_
