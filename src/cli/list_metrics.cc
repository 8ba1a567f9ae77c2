#include "cli/list_metrics.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/json_writer.h"
#include "base/text.h"
#include "metrics/registry.h"

namespace socklog {
namespace {

using TableRow = std::array<std::string, 5>;

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
  std::vector<TableRow> rows = {{"METRIC", "UNIT", "THRESHOLD", "SAMPLES", "IS THE"}};
  for (const Metric* metric : AllMetrics()) {
    rows.push_back({std::string(metric->name), std::string(metric->unit),
                    metric->default_threshold == kNoThreshold ? "none" : FormatDouble(metric->default_threshold),
                    std::to_string(metric->min_samples), std::string(metric->help)});
  }
  std::array<std::size_t, 5> widths = {};
  for (const TableRow& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string out;
  for (TableRow& row : rows) {
    for (std::size_t i = 0; i + 1 < row.size(); ++i) {
      row[i].resize(widths[i] + 2, ' ');
      out += row[i];
    }
    out += row.back() + '\n';
  }
  return out;
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
