// Share of all requests that failed (status in [errors] status) in one window.
#include "socklog/metric.h"

namespace socklog {

extern const Metric kErrorRate;
const Metric kErrorRate = {
    .name = "error_rate",
    .help = "share of all requests that failed",
    .unit = "ratio",
    .event = "failed",
    .dimension = Dimension::kGlobal,
    .kind = MetricKind::kRatio,
    .numerator = [](const Cell& cell) { return cell.errors; },
    .denominator = [](const Cell& cell) { return cell.requests; },
    .min_samples = 20,
    .default_threshold = 0.2,
};

}  // namespace socklog
