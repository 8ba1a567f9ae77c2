// Share of all requests that the server answered with 5xx in one window.
#include "socklog/metric.h"

namespace socklog {

extern const Metric kServerErrorRate;
const Metric kServerErrorRate = {
    .name = "server_error_rate",
    .help = "share of all requests answered with a server error (5xx)",
    .unit = "ratio",
    .event = "met a server error",
    .dimension = Dimension::kGlobal,
    .kind = MetricKind::kRatio,
    .numerator = [](const Cell& cell) { return cell.server_errors; },
    .denominator = [](const Cell& cell) { return cell.requests; },
    .min_samples = 20,
    .default_threshold = 0.05,
};

}  // namespace socklog
