// Refused log-ins and accesses (401, 403) of one client address in one window.
#include "socklog/metric.h"

namespace socklog {

extern const Metric kAuthFailuresByClient;
const Metric kAuthFailuresByClient = {
    .name = "auth_failures_by_client",
    .help = "number of refused requests (401, 403) of one client in a window",
    .unit = "requests",
    .event = "refused (401, 403)",
    .dimension = Dimension::kClient,
    .kind = MetricKind::kCount,
    .numerator = [](const Cell& cell) { return cell.auth_failures; },
    .denominator = [](const Cell& cell) { return cell.requests; },
    .min_samples = 1,
    .default_threshold = 20,
};

}  // namespace socklog
