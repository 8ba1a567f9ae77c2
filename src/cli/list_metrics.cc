#include "cli/list_metrics.h"

#include <vector>

#include "base/json_writer.h"
#include "base/text.h"
#include "cli/columns.h"
#include "metrics/registry.h"

namespace socklog {
namespace {

std::string_view KindName(MetricKind kind) {
  switch (kind) {
    case MetricKind::kRatio:
      return "ratio";
    case MetricKind::kCount:
      return "count";
    case MetricKind::kRate:
      return "rate";
  }
  return "";
}

}  // namespace

std::string ListMetricsAsText() {
  std::vector<std::vector<std::string>> rows = {{"METRIC", "UNIT", "THRESHOLD", "SAMPLES", "IS THE"}};
  for (const Metric* metric : AllMetrics()) {
    rows.push_back({std::string(metric->name), std::string(metric->unit),
                    metric->default_threshold == kNoThreshold ? "none" : FormatDouble(metric->default_threshold),
                    std::to_string(metric->min_samples), std::string(metric->help)});
  }
  return AlignColumns(rows);
}

std::string ListMetricsAsJson() {
  std::string out;
  for (const Metric* metric : AllMetrics()) {
    JsonWriter json(&out);
    json.BeginObject()
        .Key("name")
        .String(metric->name)
        .Key("help")
        .String(metric->help)
        .Key("unit")
        .String(metric->unit);
    json.Key("dimension")
        .String(kDimensionNames[static_cast<std::size_t>(metric->dimension)])
        .Key("kind")
        .String(KindName(metric->kind));
    json.Key("default_threshold");
    if (metric->default_threshold == kNoThreshold) {
      json.Null();
    } else {
      json.Double(metric->default_threshold);
    }
    json.Key("min_samples").Unsigned(metric->min_samples).EndObject();
    out += '\n';
  }
  return out;
}

}  // namespace socklog
