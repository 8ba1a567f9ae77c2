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

}  // namespace

void InstallStopSignals() {
  struct sigaction action = {};
  action.sa_handler = HandleStop;
  sigemptyset(&action.sa_mask);
  // No SA_RESTART: a blocking call that waits for data or for a reader must return.
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

void IgnoreWriteSignals() {
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);
}

}  // namespace socklog
