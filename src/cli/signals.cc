#include "cli/signals.h"

#include <signal.h>
#include <time.h>

#include <atomic>

#include "pipeline/jobs.h"
#include "socklog/time.h"

namespace socklog {
namespace {

constexpr Micros kSameSignal = kSecond / 2;

std::atomic<Micros> stopped_at{kNoTime};  // lock-free, as a signal handler needs it

// timeout(1) signals the process and its group, so that one signal comes twice; a person needs longer for a second one.
extern "C" void HandleStop(int number) {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  const Micros now = time.tv_sec * kSecond + time.tv_nsec / 1000;
  const Micros first = stopped_at.load();
  if (first == kNoTime) {
    stopped_at.store(now);
    RequestStop();
  } else if (now - first >= kSameSignal) {
    signal(number, SIG_DFL);
    raise(number);  // delivered when this handler returns
  }
}

void Handle(int flags) {
  struct sigaction action = {};
  action.sa_handler = HandleStop;
  action.sa_flags = flags;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

}  // namespace

void CatchStopSignals() { Handle(SA_RESTART); }

void InterruptByStopSignals() { Handle(0); }

void ReleaseStopSignals() {
  signal(SIGINT, SIG_DFL);
  signal(SIGTERM, SIG_DFL);
  if (StopRequested()) raise(SIGTERM);
}

void IgnoreWriteSignals() {
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);
}

}  // namespace socklog
