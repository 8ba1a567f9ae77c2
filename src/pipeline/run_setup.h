// From Options to the parts of a run, for every job that reads logs.
#ifndef SOCKLOG_PIPELINE_RUN_SETUP_H_
#define SOCKLOG_PIPELINE_RUN_SETUP_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "detect/decider.h"
#include "detect/scorer.h"
#include "format/format.h"
#include "socklog/options.h"
#include "socklog/status.h"
#include "socklog/thresholds.h"
#include "transport/transport.h"
#include "window/key_rules.h"
#include "window/partition_windows.h"

namespace socklog {

// The chosen metrics and their limits. The thresholds are in the scorer's order; a metric without one has infinity.
struct Judgement {
  std::vector<ScoredMetric> metrics;
  std::vector<Threshold> thresholds;
};

// `thresholds`: of a file, or nullptr. --threshold goes before the file, the file before the metric's default.
// Error (kUsage): a metric that does not exist.
Result<Judgement> MakeJudgement(const Options& options, const ThresholdSet* thresholds);

// How lines are read and what they count for.
struct ReadingSetup {
  std::vector<Endpoint> inputs;
  std::unique_ptr<LogFormat> format;
  std::unique_ptr<KeyRules> rules;
  WindowShape shape;
};

// Errors (kUsage): a format, expression or endpoint that is none; more memory than --max-memory.
Result<ReadingSetup> MakeReading(const Options& options, const std::vector<ScoredMetric>& metrics);

// With topics among the inputs, whose partitions the broker has told by now: fits the tables into --max-memory. Error
// (kUsage): more memory than that.
Status FitTopics(const Options& options, const Source& source, ReadingSetup* setup);

// A hash of all that shapes cells: a state made with another one cannot be gone on with. Thresholds are not part of it.
// Nor is the default of --max-keys, which depends on the number of inputs: a run may be given one more.
std::string ShapeHash(const Options& options, const std::vector<ScoredMetric>& metrics);

// --jobs, with 0 as the number of processors.
std::size_t ResolveJobs(const Options& options);

}  // namespace socklog

#endif  // SOCKLOG_PIPELINE_RUN_SETUP_H_
