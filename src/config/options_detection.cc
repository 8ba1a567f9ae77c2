#include "config/option_rows.h"
#include "config/values.h"

namespace socklog {
namespace {

constexpr std::string_view kMetrics = "Metrics and thresholds";
constexpr std::string_view kAlerts = "Alerts";
constexpr std::string_view kCalibration = "Calibration";

// Splits METRIC=VALUE and checks the metric.
Status SplitMetric(std::string_view text, std::string* metric, std::string_view* value) {
  Status status = SplitNameValue(text, metric, value);
  return status.ok() ? CheckMetricName(*metric) : status;
}

Status ReadMetrics(Options* options, std::string_view text) {
  std::vector<std::string> metrics;
  for (const std::string_view name : SplitList(text, ',')) {
    Status status = CheckMetricName(name);
    if (!status.ok()) return status;
    metrics.emplace_back(name);
  }
  options->analyze.metrics = std::move(metrics);
  return {};
}

Status ReadThresholdOption(Options* options, std::string_view text) {
  std::string metric;
  std::string_view value;
  Status status = SplitMetric(text, &metric, &value);
  return status.ok() ? ReadThreshold(metric, value, &options->analyze.threshold[metric]) : status;
}

Status ReadMinSamples(Options* options, std::string_view text) {
  std::string metric;
  std::string_view value;
  Status status = SplitMetric(text, &metric, &value);
  return status.ok() ? ReadCount(value, 1, kUnlimited, &options->analyze.min_samples[metric]) : status;
}

Status ReadSeverity(Options* options, std::string_view text) {
  std::string metric;
  std::string_view value;
  Status status = SplitMetric(text, &metric, &value);
  if (!status.ok()) return status;
  if (!IsIdentifier(value)) return NotA(value, "a word, such as page, critical or warning");
  options->alert.severity[metric] = value;
  return {};
}

Status ReadLabel(Options* options, std::string_view text) {
  std::string name;
  std::string_view value;
  Status status = SplitNameValue(text, &name, &value);
  if (!status.ok()) return status;
  if (!IsIdentifier(name)) return NotA(name, "the name of a label: letters, digits and _, no digit first");
  return ReadText(value, &options->alert.labels[name]);
}

Status ReadClear(Options* options, std::string_view text) {
  double share = 0;
  Status status = ReadShare(text, false, &share);
  if (!status.ok()) return status;
  if (share == 0) return Status::Usage("0 would never let an alert resolve: the clear level must be more than 0");
  options->alert.clear = share;
  return {};
}

Status ReadBudget(Options* options, std::string_view text) {
  double share = 0;
  Status status = ReadShare(text, false, &share);
  if (!status.ok()) return status;
  if (share == 1) return Status::Usage("'" + std::string(text) + "' is 100 % of the windows: write 1% or 0.01");
  if (share == 0) return Status::Usage("'" + std::string(text) + "' must be more than 0, such as 1%");
  options->thresholds.budget = share;
  return {};
}

Status ReadHoldout(Options* options, std::string_view text) {
  double share = 0;
  Status status = ReadShare(text, false, &share);
  if (!status.ok()) return status;
  if (share > 0.9)
    return Status::Usage("'" + std::string(text) + "' leaves too little to calibrate with: the most is 90%");
  options->thresholds.holdout = share;
  return {};
}

}  // namespace

std::vector<OptionRow> DetectionRows() {
  return {
      {.name = "metrics",
       .commands = kReaders,
       .section = kMetrics,
       .kind = ValueKind::kMetric,
       .metavar = "NAME,...",
       .help = "judge these metrics only (default: all, or those of the thresholds file)",
       .elsewhere = {.commands = kCommandThresholds, .help = "make thresholds for these metrics only (default: all)"},
       .list = true,
       .set = ReadMetrics},
      {.name = "list-metrics",
       .commands = kCommandAnalyze,
       .section = kMetrics,
       .kind = ValueKind::kSwitch,
       .help = "print the metrics that there are, and exit",
       .in_file = false,
       .set = [](Options* o, std::string_view t) { return ReadSwitch(t, &o->analyze.list_metrics); }},
      {.name = "thresholds",
       .commands = kCommandAnalyze,
       .section = kMetrics,
       .kind = ValueKind::kFile,
       .metavar = "FILE",
       .help = "use the thresholds that 'socklog thresholds' made, and the windows and keys they were made with",
       .set = [](Options* o, std::string_view t) { return ReadText(t, &o->analyze.thresholds); }},
      {.name = "threshold",
       .commands = kCommandAnalyze,
       .section = kMetrics,
       .kind = ValueKind::kNumber,
       .map_key = MapKey::kMetric,
       .metavar = "METRIC=VALUE",
       .help = "threshold of one metric, over the file's and the default",
       .repeatable = true,
       .set = ReadThresholdOption},
      {.name = "min-samples",
       .commands = kReaders,
       .section = kMetrics,
       .kind = ValueKind::kNumber,
       .map_key = MapKey::kMetric,
       .metavar = "METRIC=N",
       .help = "a series with fewer samples in a window is not judged",
       .repeatable = true,
       .set = ReadMinSamples},

      {.name = "for",
       .commands = kCommandAnalyze,
       .section = kAlerts,
       .kind = ValueKind::kDuration,
       .metavar = "TIME",
       .default_text = "0s",
       .help = "fire only when a series has been over its threshold for this long",
       .set = [](Options* o, std::string_view t) { return ReadDuration(t, {}, &o->alert.for_time); }},
      {.name = "keep-firing-for",
       .commands = kCommandAnalyze,
       .section = kAlerts,
       .kind = ValueKind::kDuration,
       .metavar = "TIME",
       .help = "resolve only when a series has been below its clear level for this long (default: two windows)",
       .set =
           [](Options* o, std::string_view t) {
             Micros length = 0;
             Status status = ReadDuration(t, {}, &length);
             if (status.ok()) o->alert.keep_firing_for = length;
             return status;
           }},
      {.name = "clear",
       .commands = kCommandAnalyze,
       .section = kAlerts,
       .kind = ValueKind::kRatio,
       .metavar = "SHARE",
       .default_text = "100%",
       .help = "the clear level, as a share of the threshold",
       .set = ReadClear},
      {.name = "severity",
       .commands = kCommandAnalyze,
       .section = kAlerts,
       .kind = ValueKind::kText,
       .map_key = MapKey::kMetric,
       .metavar = "METRIC=WORD",
       .help = "severity of a metric's alerts (default: warning)",
       .repeatable = true,
       .set = ReadSeverity},
      {.name = "label",
       .commands = kReaders,
       .section = kAlerts,
       .kind = ValueKind::kText,
       .map_key = MapKey::kLabel,
       .metavar = "NAME=VALUE",
       .help = "label that every alert carries",
       .elsewhere = {.commands = kCommandThresholds,
                     .help = "no effect here: thresholds carry no labels (so that analyze may share a file)"},
       .repeatable = true,
       .set = ReadLabel},
      {.name = "fail-on-alert",
       .commands = kCommandAnalyze,
       .section = kAlerts,
       .kind = ValueKind::kSwitch,
       .help = "exit with 3 if an alert fired",
       .set = [](Options* o, std::string_view t) { return ReadSwitch(t, &o->analyze.fail_on_alert); }},

      {.name = "budget",
       .commands = kCommandThresholds,
       .section = kCalibration,
       .kind = ValueKind::kRatio,
       .metavar = "SHARE",
       .default_text = "1%",
       .help = "share of the judged windows in which some series may be over its threshold",
       .set = ReadBudget},
      {.name = "holdout",
       .commands = kCommandThresholds,
       .section = kCalibration,
       .kind = ValueKind::kRatio,
       .metavar = "SHARE",
       .default_text = "30%",
       .help = "last share of the history, on which the alert rate is measured; 0: measure nothing",
       .set = ReadHoldout},
  };
}

}  // namespace socklog
