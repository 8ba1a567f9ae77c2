// Share of all requests that were turned away (429, 503) in one window.
#include "socklog/metric.h"

namespace socklog {

extern const Metric kThrottledRate;
const Metric kThrottledRate = {
    .name = "throttled_rate",
    .help = "share of all requests that were turned away (429, 503)",
    .unit = "ratio",
    .event = "met a refusal for overload",
    .dimension = Dimension::kGlobal,
    .kind = MetricKind::kRatio,
    .numerator = [](const Cell& cell) { return cell.throttled; },
    .denominator = [](const Cell& cell) { return cell.requests; },
    .min_samples = 20,
    .default_threshold = 0.1,
};

}  // namespace socklog
