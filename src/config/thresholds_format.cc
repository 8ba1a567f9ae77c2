// Writes the thresholds file.
#include <cmath>

#include "base/text.h"
#include "config/config.h"
#include "config/thresholds_file.h"
#include "config/toml_document.h"
#include "config/values.h"
#include "metrics/registry.h"

namespace socklog {
namespace {

constexpr std::string_view kHeader =
    "# Thresholds made by 'socklog thresholds', to be used with 'socklog analyze --thresholds FILE'; see "
    "socklog-thresholds(5).\n"
    "# They hold for the windows and keys of [made_with], which analyze takes from here. They age as traffic changes: "
    "make them again.\n\n";

void Line(std::string_view key, const std::string& value, std::string* out) {
  *out += std::string(key) + " = " + value + '\n';
}

void FormatMadeWith(const ThresholdSet& set, std::string* out) {
  *out += "[made_with]\n";
  Line("window", QuoteToml(FormatDuration(set.window.window)), out);
  Line("slide", QuoteToml(FormatDuration(set.window.slide_or_window())), out);
  Line("lateness", QuoteToml(FormatDuration(set.window.lateness)), out);
  Line("event_time", set.window.event_time == EventTime::kEnd ? "\"end\"" : "\"start\"", out);
  Line("errors", QuoteToml(FormatStatusRanges(set.keys.errors)), out);
  if (!set.made_from.empty()) Line("history", QuoteToml(set.made_from), out);
  Line("windows_judged", std::to_string(set.windows_judged), out);
  Line("budget", FormatDouble(set.budget), out);
  Line("holdout_windows", std::to_string(set.holdout_windows), out);
  if (!std::isnan(set.holdout_alert_rate)) {
    *out +=
        "# Measured on the last part of the history, which the thresholds were not made from; with its 95 % confidence "
        "interval.\n";
    Line("holdout_alert_rate", FormatDouble(set.holdout_alert_rate), out);
    Line("holdout_ci", '[' + FormatDouble(set.holdout_ci_low) + ", " + FormatDouble(set.holdout_ci_high) + ']', out);
  }
  *out += "\n[made_with.keys]\n";
  Line("user", QuoteToml(set.keys.user), out);
  Line("client", QuoteToml(set.keys.client), out);
  Line("ipv6_prefix", std::to_string(set.keys.ipv6_prefix), out);
  for (const UrlRule& rule : set.keys.url) {
    *out += "\n[[made_with.keys.url]]\n";
    Line("match", QuoteToml(rule.match), out);
    Line("to", QuoteToml(rule.to), out);
  }
}

}  // namespace

std::string FormatThresholds(const ThresholdSet& thresholds) {
  std::string out(kHeader);
  Line("type", QuoteToml(kThresholdsType), &out);
  std::string values;
  std::string samples;
  std::string windows;
  std::string uncalibrated;
  for (const ThresholdEntry& entry : thresholds.entries) {
    if (entry.threshold == kNoThreshold) continue;
    values += entry.metric + " = " + FormatDouble(entry.threshold);
    const Metric* metric = FindMetric(entry.metric);
    if (metric != nullptr) values += "  # " + std::string(metric->unit) + (entry.calibrated ? "" : ", the default");
    values += '\n';
    Line(entry.metric, std::to_string(entry.min_samples), &samples);
    Line(entry.metric, std::to_string(entry.judged_windows), &windows);
    if (!entry.calibrated) uncalibrated += (uncalibrated.empty() ? "" : ", ") + QuoteToml(entry.metric);
  }
  if (!uncalibrated.empty()) {
    out +=
        "# Judged in too few windows, or never above 0, before the held-out ones: these have their default "
        "thresholds.\n";
    Line("uncalibrated", '[' + uncalibrated + ']', &out);
  }
  out += '\n';
  FormatMadeWith(thresholds, &out);
  out += "\n# A series is over when its score is beyond this.\n[threshold]\n" + values;
  out += "\n# A series with fewer samples in a window is not judged.\n[min_samples]\n" + samples;
  out += "\n# Windows of the history in which at least one series had enough samples.\n[judged_windows]\n" + windows;
  return out;
}

}  // namespace socklog
