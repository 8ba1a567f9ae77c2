// What shapes the windows of a run.
#ifndef SOCKLOG_WINDOW_WINDOW_SHAPE_H_
#define SOCKLOG_WINDOW_WINDOW_SHAPE_H_

#include <array>
#include <cstdint>
#include <optional>

#include "socklog/cell.h"
#include "socklog/options.h"
#include "socklog/request.h"

namespace socklog {

// What all partitions of a run share. Not owned; must outlive the partitions.
struct WindowShape {
  WindowOptions options;
  std::uint64_t max_keys = 0;  // resolved, per table
  std::array<bool, kDimensionCount> dimensions{};
  // OutcomeBits that are counted by key; the counters of the others stay 0.
  std::array<std::uint8_t, kDimensionCount> outcomes{kAllOutcomes, kAllOutcomes, kAllOutcomes, kAllOutcomes};
  // Keys with fewer requests in a window are left out of its report, all but the one with the most if no other is left.
  std::array<std::uint64_t, kDimensionCount> least_requests{};
  std::optional<Micros> since;
  std::optional<Micros> until;
};

}  // namespace socklog

#endif  // SOCKLOG_WINDOW_WINDOW_SHAPE_H_
