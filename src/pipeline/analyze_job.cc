// analyze: runs, until one ends that needs no other.
#include <chrono>
#include <thread>

#include "base/log.h"
#include "pipeline/analysis.h"
#include "pipeline/jobs.h"

namespace socklog {
namespace {

// Runs in a row that were undone before they had saved anything, and how long the first of them is waited for.
constexpr int kMostInVain = 5;
constexpr Micros kFirstPause = 100 * kMillisecond;

// Longer each time; ends at once with StopRequested.
void PauseBefore(int attempt, const Clock& clock) {
  const Micros end = clock.Monotonic() + (kFirstPause << (attempt - 1));
  while (!StopRequested() && clock.Monotonic() < end) std::this_thread::sleep_for(std::chrono::milliseconds(20));
}

}  // namespace

Result<JobOutcome> RunAnalyze(const Options& options, const JobContext& context) {
  bool fired = false;
  bool resets = options.analyze.reset_state;
  for (int in_vain = 0;;) {
    Analysis analysis(options, context, resets);
    Status status = analysis.SetUp();
    const bool is_set_up = status.ok();
    if (is_set_up) status = analysis.Run();
    fired = fired || analysis.alerts_fired();
    if (status.ok()) break;
    if (status.code() != StatusCode::kAborted) {
      const bool was_connecting = status.code() == StatusCode::kBrokenPipe || status.code() == StatusCode::kUnavailable;
      if (!is_set_up && was_connecting && StopRequested()) return JobOutcome::kDone;
      return status;
    }
    in_vain = analysis.made_progress() ? 1 : in_vain + 1;
    resets = resets && !is_set_up;
    if (in_vain > kMostInVain) return status;
    LogWarning(status.message() + "; going on from the state before it");
    PauseBefore(in_vain, context.clock);
    if (StopRequested()) return Status::Failed(status.message() + "; the next run finds again what was in it");
  }
  // A signal ends a run well, whatever it had found by then.
  const bool tells = options.analyze.fail_on_alert && !StopRequested();
  return tells && fired ? JobOutcome::kAlertsFired : JobOutcome::kDone;
}

}  // namespace socklog
