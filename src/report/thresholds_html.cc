#include "report/thresholds_html.h"

#include <array>
#include <cmath>
#include <cstdio>

#include "alert/alert_sentence.h"
#include "base/text.h"
#include "detect/wilson.h"
#include "metrics/registry.h"

namespace socklog {
namespace {

std::string EscapeHtml(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::string Percent(double share) {
  if (std::isnan(share)) return "not measured";
  std::array<char, 32> buffer;
  const int size = std::snprintf(buffer.data(), buffer.size(), "%.2f %%", 100 * share);
  return std::string(buffer.data(), static_cast<std::size_t>(size));
}

std::string Row(std::initializer_list<std::string> cells, const char* tag) {
  std::string row = "<tr>";
  for (const std::string& cell : cells) row += std::string("<") + tag + ">" + EscapeHtml(cell) + "</" + tag + ">";
  return row + "</tr>\n";
}

// A limit on a ratio is a bound on what the samples prove; people read it as a share of some number of requests.
std::string InNaturalUnits(const Metric& metric, double threshold) {
  if (metric.kind != MetricKind::kRatio) return FormatValue(metric, threshold);
  std::string text;
  for (const std::uint64_t n : {std::uint64_t{20}, std::uint64_t{100}, std::uint64_t{1000}}) {
    if (!text.empty()) text += ", ";
    text += FormatValue(metric, ShareAtBound(threshold, n)) + " of " + FormatThousands(n);
  }
  return text;
}

}  // namespace

std::string ThresholdsHtml(const ThresholdSet& thresholds) {
  std::string page =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>socklog thresholds</title>\n"
      "<style>body{font:16px/1.5 system-ui,sans-serif;margin:2em auto;max-width:60em}table{border-collapse:collapse}"
      "td,th{border:1px solid #999;padding:.3em "
      ".7em;text-align:left}</style>\n</head>\n<body>\n<h1>Thresholds</h1>\n<p>";
  page += EscapeHtml("Made from " + thresholds.made_from + ", windows of " + FormatDuration(thresholds.window.window) +
                     ", for alerts in " + Percent(thresholds.budget) + " of the judged windows.");
  page += "</p>\n<p>";
  page += EscapeHtml("On " + FormatCount(thresholds.holdout_windows, "later window") +
                     ", which had no influence on the thresholds, the share was " +
                     Percent(thresholds.holdout_alert_rate) + " (95 % interval " + Percent(thresholds.holdout_ci_low) +
                     " to " + Percent(thresholds.holdout_ci_high) + ").");
  page += "</p>\n<table>\n" +
          Row({"metric", "threshold (score)", "alerts beyond", "minimum samples", "judged windows", "source"}, "th");
  for (const ThresholdEntry& entry : thresholds.entries) {
    const Metric* metric = FindMetric(entry.metric);
    page += Row({entry.metric, FormatDouble(entry.threshold),
                 metric == nullptr ? "" : InNaturalUnits(*metric, entry.threshold), FormatThousands(entry.min_samples),
                 FormatThousands(entry.judged_windows), entry.calibrated ? "history" : "default"},
                "td");
  }
  return page + "</table>\n</body>\n</html>\n";
}

}  // namespace socklog
