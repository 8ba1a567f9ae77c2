// The list of all metrics, made from metrics.def.
#ifndef SOCKLOG_METRICS_REGISTRY_H_
#define SOCKLOG_METRICS_REGISTRY_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "socklog/metric.h"

namespace socklog {

// In the order of metrics.def. Static storage; thread-safe.
const std::vector<const Metric*>& AllMetrics();

// nullptr if there is none of that name.
const Metric* FindMetric(std::string_view name);

// The OutcomeBits of the counters that the metric reads.
std::uint8_t OutcomesOf(const Metric& metric);

// For "did you mean".
const std::vector<std::string_view>& MetricNames();

}  // namespace socklog

#endif  // SOCKLOG_METRICS_REGISTRY_H_
