#include "cli/signals.h"

#include <signal.h>

#include "pipeline/jobs.h"

namespace socklog {
namespace {

extern "C" void HandleStop(int) {
  signal(SIGINT, SIG_DFL);
  signal(SIGTERM, SIG_DFL);
  RequestStop();
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
