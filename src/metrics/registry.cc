#include "metrics/registry.h"

namespace socklog {

#define SOCKLOG_METRIC(constant, name) extern const Metric k##constant;
#include "metrics/metrics.def"
#undef SOCKLOG_METRIC

const std::vector<const Metric*>& AllMetrics() {
  static const std::vector<const Metric*> metrics = {
#define SOCKLOG_METRIC(constant, name) &k##constant,
#include "metrics/metrics.def"
#undef SOCKLOG_METRIC
  };
  return metrics;
}

const Metric* FindMetric(std::string_view name) {
  for (const Metric* metric : AllMetrics()) {
    if (metric->name == name) return metric;
  }
  return nullptr;
}

const std::vector<std::string_view>& MetricNames() {
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> made;
    for (const Metric* metric : AllMetrics()) made.push_back(metric->name);
    return made;
  }();
  return names;
}

}  // namespace socklog
