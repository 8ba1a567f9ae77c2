// Requests of one client address for what is not there (404, 410) in one window: a scan.
#include "socklog/metric.h"

namespace socklog {

extern const Metric kNotFoundByClient;
const Metric kNotFoundByClient = {
    .name = "not_found_by_client",
    .help = "number of requests of one client for what is not there (404, 410) in a window",
    .unit = "requests",
    .event = "for what is not there (404, 410)",
    .dimension = Dimension::kClient,
    .kind = MetricKind::kCount,
    .numerator = [](const Cell& cell) { return cell.not_found; },
    .denominator = [](const Cell& cell) { return cell.requests; },
    .min_samples = 1,
    .default_threshold = 30,
};

}  // namespace socklog
