// The jobs behind the commands: Options in, work done, exit status out. Everything that connects modules is here.
#ifndef SOCKLOG_PIPELINE_JOBS_H_
#define SOCKLOG_PIPELINE_JOBS_H_

#include "socklog/options.h"
#include "socklog/status.h"
#include "socklog/thresholds.h"
#include "socklog/time.h"

namespace socklog {

// How a job that did not fail ended.
enum class JobOutcome {
  kDone,         // exit 0
  kAlertsFired,  // exit 3: at least one alert fired and --fail-on-alert was given
};

// SIGINT and SIGTERM: the running job saves what is complete and returns kDone. Async-signal-safe.
void RequestStop() noexcept;
bool StopRequested() noexcept;

// What the jobs need from the outside, injected.
struct JobContext {
  const Clock& clock;
  const ThresholdSet* thresholds = nullptr;  // of --thresholds; its windows and keys are in the Options already
  bool stdout_is_terminal = false;
  bool stderr_is_terminal = false;
  bool color = false;

  // Whether there is somebody to look at a progress line who has not said no.
  bool ShowsProgress(const CommonOptions& common) const {
    return common.progress && common.verbosity >= 0 && stderr_is_terminal;
  }
};

Result<JobOutcome> RunGenerate(const Options& options, const JobContext& context);
Result<JobOutcome> RunAnalyze(const Options& options, const JobContext& context);
Result<JobOutcome> RunThresholds(const Options& options, const JobContext& context);

}  // namespace socklog

#endif  // SOCKLOG_PIPELINE_JOBS_H_
