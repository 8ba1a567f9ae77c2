// One run of analyze.
#ifndef SOCKLOG_PIPELINE_ANALYSIS_H_
#define SOCKLOG_PIPELINE_ANALYSIS_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alert/alert_tracker.h"
#include "detect/decider.h"
#include "detect/scorer.h"
#include "pipeline/group_state.h"
#include "pipeline/jobs.h"
#include "pipeline/line_loop.h"
#include "pipeline/malformed_watch.h"
#include "pipeline/outputs.h"
#include "pipeline/run_setup.h"
#include "pipeline/run_summary.h"
#include "pipeline/sample_watch.h"
#include "report/progress_line.h"
#include "window/window_aggregator.h"

namespace socklog {

// One run of analyze: lines become windows, scores, alerts. Built by SetUp, since each step may fail; then Run, once.
// Thread-compatible.
class Analysis {
 public:
  // `resets`: what was saved earlier is not used.
  Analysis(const Options& options, const JobContext& context, bool resets)
      : options_(options),
        context_(context),
        resets_(resets),
        progress_(context.ShowsProgress(options.common), context.clock),
        malformed_watch_(context.clock) {}

  Status SetUp();
  Status Run();
  bool alerts_fired() const { return fired_in_this_run_ > 0; }
  // Something was committed after what SetUp commits.
  bool made_progress() const { return group_ != nullptr && group_->commits() > 1; }

 private:
  Status OpenStore();
  Status LoadState();
  Status OpenInput();
  Status OpenOutputs();
  void MakeLoop();
  Status RestoreState();
  Status Save();
  bool IsSaveDue(bool idle) const;
  bool IsReadNow(const std::string& name) const;
  bool WritesText() const;
  bool StreamGoesOn() const { return store_ != nullptr && !options_.analyze.close; }

  void CountLost() { counters_.lost_records = lost_before_ + source_->lost_records(); }
  // Fills judged_. Whether there was anything to hold against a threshold.
  bool Judge(const WindowReport& report);
  Status OnWindow(const WindowReport& report);
  void OnMalformed(PartitionId partition, std::uint64_t line, std::string_view text, std::string_view reason);
  Status OnPause(bool idle);
  Status Finish();

  const Options& options_;
  const JobContext& context_;
  const bool resets_;
  ProgressLine progress_;
  MalformedWatch malformed_watch_;
  Judgement judgement_;
  std::string shape_hash_;
  ReadingSetup reading_;
  std::unique_ptr<Scorer> scorer_;
  std::unique_ptr<Decider> decider_;
  std::unique_ptr<AlertTracker> tracker_;
  std::unique_ptr<SampleWatch> sample_watch_;
  std::unique_ptr<StateStore> store_;
  GroupWork* group_ = nullptr;     // of store_, if that is a group's
  std::optional<RunState> saved_;  // of an earlier run
  std::vector<PartitionId> resumed_;
  std::unique_ptr<Source> source_;
  std::unique_ptr<Outputs> outputs_;
  std::unique_ptr<WindowAggregator> windows_;
  std::unique_ptr<LineLoop> loop_;

  WindowCounters counters_;
  std::uint64_t lost_before_ = 0;  // records, in earlier runs
  MalformedSamples malformed_samples_;
  Status malformed_status_;           // of writing --invalid-requests
  std::vector<SeriesScore> judged_;   // of a window, what was asked for
  std::vector<bool> judged_metrics_;  // by metric: whether it had enough samples for anything
  std::vector<Alert> alerts_;
  std::string window_line_;
  std::uint64_t fired_in_this_run_ = 0;
  Micros saved_at_ = 0;
  bool flush_due_ = false;
};

}  // namespace socklog

#endif  // SOCKLOG_PIPELINE_ANALYSIS_H_
