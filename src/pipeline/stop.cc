#include "pipeline/stop.h"

#include <atomic>

#include "pipeline/jobs.h"
#include "transport/transport.h"

namespace socklog {
namespace {

// Globals, since a signal handler can reach nothing else. Lock-free atomics are all it may touch.
std::atomic<bool> stop_requested{false};
std::atomic<Source*> running_source{nullptr};

}  // namespace

void RequestStop() noexcept {
  stop_requested = true;
  if (Source* source = running_source) source->Stop();
  StopSinks();
}

bool StopRequested() noexcept { return stop_requested; }

StopsSource::StopsSource(Source& source) {
  running_source = &source;
  if (stop_requested) source.Stop();  // the signal came before
}

StopsSource::~StopsSource() { running_source = nullptr; }

}  // namespace socklog
