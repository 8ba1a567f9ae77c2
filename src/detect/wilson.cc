#include "detect/wilson.h"

#include <algorithm>
#include <cmath>

namespace socklog {

double WilsonLowerBound(std::uint64_t k, std::uint64_t n, double z) {
  if (k == 0 || n == 0) return 0;  // exactly, where rounding would leave a trace
  const auto trials = static_cast<double>(n);
  const double p = static_cast<double>(k) / trials;
  const double z2 = z * z;
  const double centre = p + z2 / (2 * trials);
  const double spread = z * std::sqrt(p * (1 - p) / trials + z2 / (4 * trials * trials));
  return std::max(0.0, (centre - spread) / (1 + z2 / trials));
}

double ShareAtBound(double bound, std::uint64_t n, double z) {
  std::uint64_t low = 0;
  std::uint64_t high = n;
  while (low < high) {  // the bound grows with k
    const std::uint64_t middle = low + (high - low) / 2;
    if (WilsonLowerBound(middle, n, z) > bound) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return n == 0 ? 1 : static_cast<double>(low) / static_cast<double>(n);
}

}  // namespace socklog
