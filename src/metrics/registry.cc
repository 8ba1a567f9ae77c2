#include "metrics/registry.h"

#include <iterator>

#include "socklog/request.h"

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

// Both formulas are sums or differences: they read the counters that make a difference.
std::uint8_t OutcomesOf(const Metric& metric) {
  static constexpr std::uint64_t Cell::*kCounters[] = {&Cell::errors, &Cell::server_errors, &Cell::throttled,
                                                       &Cell::auth_failures, &Cell::not_found};
  static_assert(1u << std::size(kCounters) == kOutcomes);
  constexpr Cell kSome = {2, 2, 2, 2, 2, 2};
  unsigned outcomes = 0;
  for (std::size_t i = 0; i < std::size(kCounters); ++i) {
    for (const std::uint64_t count : {1, 3}) {
      Cell other = kSome;
      other.*kCounters[i] = count;
      const bool differs =
          metric.numerator(kSome) != metric.numerator(other) || metric.denominator(kSome) != metric.denominator(other);
      outcomes |= differs ? 1u << i : 0u;
    }
  }
  return static_cast<std::uint8_t>(outcomes);
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
