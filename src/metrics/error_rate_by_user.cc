// Share of a user's requests that failed in one window.
#include "socklog/metric.h"

namespace socklog {

extern const Metric kErrorRateByUser;
const Metric kErrorRateByUser = {
    .name = "error_rate_by_user",
    .help = "share of a user's requests that failed",
    .unit = "ratio",
    .event = "failed",
    .dimension = Dimension::kUser,
    .kind = MetricKind::kRatio,
    .numerator = [](const Cell& cell) { return cell.errors; },
    .denominator = [](const Cell& cell) { return cell.requests; },
    .min_samples = 20,
    .default_threshold = 0.5,
};

}  // namespace socklog
