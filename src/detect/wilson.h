// A ratio of small numbers, judged by what it proves.
#ifndef SOCKLOG_DETECT_WILSON_H_
#define SOCKLOG_DETECT_WILSON_H_

#include <cstdint>

namespace socklog {

// One-sided 99 %.
inline constexpr double kWilsonZ = 2.326;

// Lower end of the Wilson score interval of k successes in n trials (E. B. Wilson, "Probable Inference, the Law of
// Succession, and Statistical Inference", 1927): (p + z^2/2n - z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n). 0..1; 0 when
// n is 0.
double WilsonLowerBound(std::uint64_t k, std::uint64_t n, double z = kWilsonZ);

// The smallest share k/n whose lower bound is above `bound`, for n trials: a threshold in the units people read. 1 if
// there is none.
double ShareAtBound(double bound, std::uint64_t n, double z = kWilsonZ);

}  // namespace socklog

#endif  // SOCKLOG_DETECT_WILSON_H_
