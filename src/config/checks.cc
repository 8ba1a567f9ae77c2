#include "config/checks.h"

#include <algorithm>

#include "base/text.h"
#include "config/check_streams.h"
#include "config/values.h"

namespace socklog {
namespace {

void CheckWindows(const Settings& settings, const Options& options, Diagnostics* diagnostics) {
  const WindowOptions& window = options.window;
  if (window.window % window.slide_or_window() == 0) return;
  if (diagnostics->HasErrorAt(settings.PlaceOf("window")) || diagnostics->HasErrorAt(settings.PlaceOf("slide"))) return;
  const std::string_view at = settings.Find("slide") != nullptr ? "slide" : "window";
  diagnostics->Error(settings.PlaceOf(at), "the slide " + FormatDuration(window.slide) +
                                               " does not divide the window " + FormatDuration(window.window));
}

void CheckTimes(const Settings& settings, const Options& options, Diagnostics* diagnostics) {
  const InputOptions& input = options.input;
  if (input.since && input.until && *input.since >= *input.until) {
    diagnostics->Error(settings.PlaceOf("until"), "--until " + FormatTime(*input.until) + " is not after --since " +
                                                      FormatTime(*input.since) + ": no line could count");
  }
}

void CheckMetrics(const Settings& settings, const Options& options, Diagnostics* diagnostics) {
  const std::vector<std::string>& metrics = options.analyze.metrics;
  if (settings.Find("metrics") == nullptr) return;
  for (const Setting& setting : settings.all()) {
    if (setting.row->map_key != MapKey::kMetric) continue;
    const std::string metric = setting.text.substr(0, setting.text.find('='));
    if (std::find(metrics.begin(), metrics.end(), metric) != metrics.end()) continue;
    diagnostics->Warning(setting.place, metric + " is not among --metrics: this has no effect");
  }
}

void CheckTraffic(const Settings& settings, const Options& options, Diagnostics* diagnostics) {
  const GenerateOptions& generate = options.generate;
  const std::pair<std::string_view, double> shares[] = {
      {"error-users", generate.error_users}, {"error-urls", generate.error_urls}, {"error-rate", generate.error_rate}};
  std::string missing;
  const Setting* given = nullptr;
  for (const auto& [name, share] : shares) {
    if (share > 0) given = settings.Find(name);
    if (settings.Find(name) == nullptr) missing += (missing.empty() ? "--" : " and --") + std::string(name);
  }
  if (given != nullptr && !missing.empty()) diagnostics->Warning(given->place, "has no effect without " + missing);
}

// What the thresholds file says of one setting, and what the user says.
class ShapeComparison {
 public:
  ShapeComparison(const Settings& settings, const ThresholdSet& thresholds, Diagnostics* diagnostics)
      : settings_(settings), thresholds_(thresholds), diagnostics_(*diagnostics) {}

  void Compare(std::string_view option, const std::string& mine, const std::string& file) {
    if (settings_.Find(option) != nullptr) CompareAt(settings_.PlaceOf(option), mine, file);
  }
  void CompareAt(const Place& place, const std::string& mine, const std::string& file) {
    if (mine == file || diagnostics_.HasErrorAt(place)) return;
    diagnostics_.Error(place, mine + " contradicts the thresholds of " + thresholds_.source +
                                  ", which were made with " + file + ": leave it out, or make thresholds with it");
  }

 private:
  const Settings& settings_;
  const ThresholdSet& thresholds_;
  Diagnostics& diagnostics_;
};

std::string UrlRulesText(const std::vector<UrlRule>& rules) {
  std::string text = std::to_string(rules.size()) + (rules.size() == 1 ? " URL rule" : " URL rules");
  for (const UrlRule& rule : rules) text += " '" + rule.match + "' -> '" + rule.to + "'";
  return text;
}

std::string EventTimeText(EventTime which) { return which == EventTime::kEnd ? "end" : "start"; }

void CompareShape(const Settings& settings, const ThresholdSet& thresholds, const Options& options,
                  Diagnostics* diagnostics) {
  ShapeComparison comparison(settings, thresholds, diagnostics);
  const WindowOptions& mine = options.window;
  const WindowOptions& file = thresholds.window;
  comparison.Compare("window", FormatDuration(mine.window), FormatDuration(file.window));
  comparison.Compare("slide", FormatDuration(mine.slide_or_window()), FormatDuration(file.slide_or_window()));
  comparison.Compare("lateness", FormatDuration(mine.lateness), FormatDuration(file.lateness));
  comparison.Compare("event-time", EventTimeText(mine.event_time), EventTimeText(file.event_time));
  comparison.Compare("user-key", options.keys.user, thresholds.keys.user);
  comparison.Compare("client-key", options.keys.client, thresholds.keys.client);
  comparison.Compare("ipv6-prefix", std::to_string(options.keys.ipv6_prefix),
                     std::to_string(thresholds.keys.ipv6_prefix));
  comparison.Compare("errors", FormatStatusRanges(options.keys.errors), FormatStatusRanges(thresholds.keys.errors));
  if (settings.rules().url != nullptr) {
    comparison.CompareAt(settings.rules().url->place, UrlRulesText(options.keys.url),
                         UrlRulesText(thresholds.keys.url));
  }
  for (const Setting& setting : settings.all()) {
    if (setting.row->name != "min-samples") continue;
    for (const ThresholdEntry& entry : thresholds.entries) {
      const std::string file_text = entry.metric + '=' + std::to_string(entry.min_samples);
      if (setting.text.substr(0, setting.text.find('=')) == entry.metric)
        comparison.CompareAt(setting.place, setting.text, file_text);
    }
  }
}

}  // namespace

void CheckCombinations(const Settings& settings, const Options& options, CheckScope scope, Diagnostics* diagnostics) {
  if (settings.command() == kCommandGenerate) {
    CheckTraffic(settings, options, diagnostics);
  } else {
    CheckWindows(settings, options, diagnostics);
    CheckTimes(settings, options, diagnostics);
    CheckMetrics(settings, options, diagnostics);
  }
  CheckStreams(settings, options, scope, diagnostics);
}

void TakeOverThresholds(const Settings& settings, const ThresholdSet& thresholds, Options* options,
                        Diagnostics* diagnostics) {
  CompareShape(settings, thresholds, *options, diagnostics);
  options->window.window = thresholds.window.window;
  options->window.slide = thresholds.window.slide;
  options->window.lateness = thresholds.window.lateness;
  options->window.event_time = thresholds.window.event_time;
  options->keys = thresholds.keys;
  std::vector<std::string> metrics;
  for (const ThresholdEntry& entry : thresholds.entries) {
    options->analyze.min_samples[entry.metric] = entry.min_samples;
    metrics.push_back(entry.metric);
  }
  if (settings.Find("metrics") != nullptr) return;
  // A threshold that the user gives for another metric asks for that metric.
  for (const auto& [metric, value] : options->analyze.threshold) {
    if (std::find(metrics.begin(), metrics.end(), metric) == metrics.end()) metrics.push_back(metric);
  }
  options->analyze.metrics = std::move(metrics);
}

}  // namespace socklog
