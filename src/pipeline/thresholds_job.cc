// thresholds: history -> scores, by the very loop and Scorer of analyze -> thresholds and their proof.
#include <cmath>
#include <cstdio>
#include <limits>
#include <memory>
#include <string>

#include "base/log.h"
#include "base/text.h"
#include "calibrate/calibration_text.h"
#include "calibrate/calibrator.h"
#include "calibrate/history.h"
#include "config/config.h"
#include "detect/scorer.h"
#include "pipeline/jobs.h"
#include "pipeline/line_loop.h"
#include "pipeline/outputs.h"
#include "pipeline/run_setup.h"
#include "pipeline/run_summary.h"
#include "report/progress_line.h"
#include "report/thresholds_html.h"
#include "transport/transport.h"
#include "window/window_aggregator.h"

namespace socklog {
namespace {

// The scores of all the input's windows, and how the lines fared.
struct Recording {
  std::unique_ptr<History> history;
  RunSummary summary;
  bool complete = false;
};

Result<Recording> Record(const Options& options, const JobContext& context, const Judgement& judgement) {
  Result<ReadingSetup> reading = MakeReading(options, judgement.metrics);
  if (!reading.ok()) return reading.status();
  SourceOptions source_options;
  source_options.connection = options.connection;
  source_options.until_end = true;
  source_options.decoder_threads = ResolveJobs(options) - 1;
  std::vector<PartitionId> resumed;
  Result<std::unique_ptr<Source>> source = OpenSource(reading->inputs, source_options, context.clock, &resumed);
  if (!source.ok()) return source.status();
  if (Status status = FitTopics(options, **source, &reading.value()); !status.ok()) return status;

  Recording recording;
  recording.history = std::make_unique<History>(judgement.metrics.size());
  const Scorer scorer(judgement.metrics, options.window.window);
  WindowAggregator windows(reading->shape, false);
  MalformedSamples samples;
  ProgressLine progress(context.ShowsProgress(options.common), context.clock);
  std::vector<SeriesScore> judged;
  LineLoop* running = nullptr;
  LoopEvents events;
  events.on_window = [&](const WindowReport& report) {
    scorer.Score(report, &judged);
    recording.history->Add(report, judged);
    recording.summary.windows.windows += report.windows;
    if (!judged.empty()) ++recording.summary.windows.windows_judged;
    return Status();
  };
  events.on_malformed = [&](PartitionId partition, std::uint64_t line, std::string_view text, std::string_view reason) {
    samples.Add((*source)->partition_name(partition), line, text, reason);
  };
  events.on_pause = [&](bool) {
    progress.Update(windows.counters().lines(), running->latest_time());
    return Status();
  };
  LoopOptions loop_options;
  loop_options.jobs = ResolveJobs(options);
  LineLoop loop(**source, *reading->format, *reading->rules, windows, reading->shape, context.clock, loop_options,
                std::move(events));
  running = &loop;
  if (Status status = loop.Run(); !status.ok()) return status;
  recording.complete = loop.reached_end();
  recording.summary.lines = windows.counters();
  recording.summary.evicted_keys = windows.evicted_keys();
  recording.summary.windows.lost_records = (*source)->lost_records();
  recording.summary.lag = (*source)->AskLag();
  recording.summary.malformed_samples = samples.lines();
  const Micros in_force = options.window.lateness;
  for (const std::string& warning : LineWarnings(windows.counters(), windows.lateness(), in_force)) LogWarning(warning);
  return recording;
}

std::vector<MetricDefault> Defaults(const Judgement& judgement) {
  std::vector<MetricDefault> defaults;
  for (const Threshold& threshold : judgement.thresholds) defaults.push_back({threshold.value});
  return defaults;
}

// Why there is nothing to make thresholds of, and what to do.
Status NoHistory(const LineCounters& lines) {
  const std::string nothing = "no thresholds were made: ";
  if (lines.lines() == 0) return Status::Failed(nothing + "the input is empty; give the logs of some days");
  if (lines.malformed == lines.lines()) {
    return Status::Failed(nothing + "none of " + FormatCount(lines.lines(), "line") +
                          " is a log line; --log-format says of which format they are");
  }
  return Status::Failed(nothing + "no line counts, of " + FormatCount(lines.lines(), "line") + " " +
                        FormatThousands(lines.malformed) + " are malformed, " + FormatThousands(lines.ignored) +
                        " ignored, " + FormatThousands(lines.outside) +
                        " outside --since and --until; give other logs, or loosen these");
}

ThresholdSet MakeSet(const Options& options, const Judgement& judgement, const History& history,
                     const Calibration& calibration) {
  ThresholdSet set;
  set.window = options.window;
  set.keys = options.keys;
  set.budget = options.thresholds.budget;
  set.holdout_alert_rate = calibration.holdout.rate;
  set.holdout_ci_low = calibration.holdout.ci_low;
  set.holdout_ci_high = calibration.holdout.ci_high;
  set.windows_judged = calibration.fitted.judged;
  set.holdout_windows = calibration.holdout.judged;
  if (history.rows() > 0) {
    set.made_from =
        FormatTime(history.start(0)) + " .. " + FormatTime(history.start(history.rows() - 1) + options.window.window);
  }
  for (std::size_t i = 0; i < judgement.metrics.size(); ++i) {
    const CalibratedMetric& metric = calibration.metrics[i];
    if (!std::isfinite(metric.threshold)) continue;
    set.entries.push_back({std::string(judgement.metrics[i].metric->name), metric.threshold,
                           judgement.metrics[i].min_samples, metric.calibrated, metric.judged_windows});
  }
  return set;
}

}  // namespace

Result<JobOutcome> RunThresholds(const Options& options, const JobContext& context) {
  Result<Judgement> judgement = MakeJudgement(options, nullptr);
  if (!judgement.ok()) return judgement.status();
  Result<Recording> recording = Record(options, context, *judgement);
  if (!recording.ok()) return recording.status();
  if (!recording->complete) {
    LogWarning("stopped before the end of the input: nothing was written");
    return JobOutcome::kDone;
  }
  const auto write = [&](const std::string& path, const std::string& text) {
    return path.empty() ? Status() : WriteReport(path, text, context.clock);
  };
  const double budget = options.thresholds.budget;
  const Calibration calibration =
      Calibrate(*recording->history, Defaults(*judgement), budget, options.thresholds.holdout);
  recording->summary.holdout = {calibration.holdout.judged, calibration.holdout.rate, calibration.holdout.ci_low,
                                calibration.holdout.ci_high};
  const std::string summary = SummaryJson(recording->summary);
  if (recording->summary.lines.counted == 0) {  // an earlier run's thresholds stay
    const Status written = write(options.analyze.summary, summary);
    return written.ok() ? NoHistory(recording->summary.lines) : written;
  }
  const ThresholdSet set = MakeSet(options, *judgement, *recording->history, calibration);
  const CalibrationRun run = {.windows = recording->summary.windows.windows,
                              .judged = recording->summary.windows.windows_judged,
                              .slide = options.window.slide_or_window(),
                              .budget = budget,
                              .holdout = options.thresholds.holdout};
  for (const std::string& warning : CalibrationWarnings(judgement->metrics, calibration, run)) LogWarning(warning);
  if (options.common.verbosity >= 0) std::fputs(CalibrationText(judgement->metrics, calibration, run).c_str(), stderr);
  if (Status status = write(options.thresholds.output_file, FormatThresholds(set)); !status.ok()) return status;
  if (Status status = write(options.thresholds.report, ThresholdsHtml(set)); !status.ok()) return status;
  if (Status status = write(options.analyze.summary, summary); !status.ok()) return status;
  return JobOutcome::kDone;
}

}  // namespace socklog
