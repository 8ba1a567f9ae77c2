// Share of a URL's requests that failed in one window.
#include "socklog/metric.h"

namespace socklog {

extern const Metric kErrorRateByUrl;
const Metric kErrorRateByUrl = {
    .name = "error_rate_by_url",
    .help = "share of a URL's requests that failed",
    .unit = "ratio",
    .event = "failed",
    .dimension = Dimension::kUrl,
    .kind = MetricKind::kRatio,
    .numerator = [](const Cell& cell) { return cell.errors; },
    .denominator = [](const Cell& cell) { return cell.requests; },
    .min_samples = 20,
    .default_threshold = 0.5,  // Some URLs always fail a little (a scanner's favourite, a moved page), hence higher
                               // than the global limit.
};

}  // namespace socklog
