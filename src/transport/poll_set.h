// What a blocking wait waits for.
#ifndef SOCKLOG_TRANSPORT_POLL_SET_H_
#define SOCKLOG_TRANSPORT_POLL_SET_H_

#include <poll.h>

#include <vector>

#include "socklog/status.h"
#include "socklog/time.h"

namespace socklog {

// Descriptors with their events, and the time after which somebody wants to be asked in any case. Thread-compatible.
class PollSet {
 public:
  void Add(int fd, short events) { fds_.push_back({fd, events, 0}); }
  // Somebody has work to do after `wait` (>= 0). The smallest wins.
  void DueIn(Micros wait);

  // Blocks for at most `limit` (< 0: for ever) and until what DueIn said. A signal ends the wait early. Error: kFailed
  Status Poll(Micros limit);

  // After Poll: whether `fd` has something, an error included.
  bool Fired(int fd) const;
  // After Poll: whether `limit` has passed in vain.
  bool timed_out() const { return timed_out_; }

 private:
  std::vector<pollfd> fds_;
  Micros due_ = -1;
  bool timed_out_ = false;
};

// Whether `fd` is ready for `events` now.
bool ReadyNow(int fd, short events);

}  // namespace socklog

#endif  // SOCKLOG_TRANSPORT_POLL_SET_H_
