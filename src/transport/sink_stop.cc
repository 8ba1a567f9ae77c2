#include "transport/sink_stop.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>

#include "transport/transport.h"

namespace socklog {
namespace {

std::atomic<bool> stop_requested{false};
std::atomic<int> stop_event{-1};

// Made by the first wait; StopSinks sets the flag first, so one that comes before is not missed.
int StopEvent() {
  int fd = stop_event.load();
  if (fd >= 0) return fd;
  const int made = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (stop_event.compare_exchange_strong(fd, made)) return made;
  close(made);
  return fd;
}

}  // namespace

bool SinkStopRequested() noexcept { return stop_requested.load(); }

void StopSinks() noexcept {
  const int saved_errno = errno;  // may be called by a signal handler
  stop_requested.store(true);
  const std::uint64_t one = 1;
  if (const int fd = stop_event.load(); fd >= 0) {
    [[maybe_unused]] const ssize_t ignored = write(fd, &one, sizeof(one));
  }
  errno = saved_errno;
}

Result<bool> PollUnlessStopped(PollSet* set, Micros patience) {
  const int event = StopEvent();
  if (!SinkStopRequested()) {
    PollSet with_stop = *set;
    with_stop.Add(event, POLLIN);
    if (Status status = with_stop.Poll(-1); !status.ok()) return status;
    if (!with_stop.Fired(event) && !SinkStopRequested()) {
      *set = with_stop;
      return true;
    }
  }
  if (Status status = set->Poll(patience); !status.ok()) return status;
  return !set->timed_out();
}

void ResetSinkStopForTest() {
  stop_requested.store(false);
  std::uint64_t count;
  if (const int fd = stop_event.load(); fd >= 0) {
    [[maybe_unused]] const ssize_t ignored = read(fd, &count, sizeof(count));
  }
}

}  // namespace socklog
