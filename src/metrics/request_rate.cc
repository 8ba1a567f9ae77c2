// Requests per second in one window. No limit holds for every site, so there is none by default.
#include "socklog/metric.h"

namespace socklog {

extern const Metric kRequestRate;
const Metric kRequestRate = {
    .name = "request_rate",
    .help = "number of requests per second",
    .unit = "requests/s",
    .event = "per second",
    .dimension = Dimension::kGlobal,
    .kind = MetricKind::kRate,
    .numerator = [](const Cell& cell) { return cell.requests; },
    .denominator = [](const Cell& cell) { return cell.requests; },
    .min_samples = 1,
    .default_threshold = kNoThreshold,
};

}  // namespace socklog
