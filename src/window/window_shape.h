// What shapes the windows of a run.
#ifndef SOCKLOG_WINDOW_WINDOW_SHAPE_H_
#define SOCKLOG_WINDOW_WINDOW_SHAPE_H_

#include <array>
#include <cstdint>
#include <optional>

#include "socklog/cell.h"
#include "socklog/options.h"

namespace socklog {

// What all partitions of a run share. Not owned; must outlive the partitions.
struct WindowShape {
  WindowOptions options;
  std::uint64_t max_keys = 0;  // resolved, per table
  std::array<bool, kDimensionCount> dimensions{};
  std::optional<Micros> since;
  std::optional<Micros> until;
};

}  // namespace socklog

#endif  // SOCKLOG_WINDOW_WINDOW_SHAPE_H_
