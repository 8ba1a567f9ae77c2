// Requests per second of one client address in one window.
#include "socklog/metric.h"

namespace socklog {

extern const Metric kRequestRateByClient;
const Metric kRequestRateByClient = {
    .name = "request_rate_by_client",
    .help = "number of requests per second of one client",
    .unit = "requests/s",
    .event = "per second",
    .dimension = Dimension::kClient,
    .kind = MetricKind::kRate,
    .numerator = [](const Cell& cell) { return cell.requests; },
    .denominator = [](const Cell& cell) { return cell.requests; },
    .min_samples = 1,
    .default_threshold = 50,  // More than a person with a busy page makes, less than a flood.
};

}  // namespace socklog
