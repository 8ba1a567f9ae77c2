// What a closed window says: the seam between aggregation and evaluation. Everything after it is a function of these.
#ifndef SOCKLOG_WINDOW_H_
#define SOCKLOG_WINDOW_H_

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "socklog/cell.h"
#include "socklog/time.h"

namespace socklog {

// One key of a closed window.
struct KeyedCell {
  std::string_view key;  // printable, see window/key_rules.h
  Cell cell;             // counts from the key's admission
  std::uint64_t count_error =
      0;  // requests that may be missing from `cell` because the key was evicted before (upper bound)
};

// The keys of one dimension in one closed window that had enough requests to be judged, in no particular order. If none
// had, the one with the most.
struct DimensionReport {
  std::vector<KeyedCell> keys;
  std::uint64_t evicted = 0;  // keys that were pushed out, each time counted
};

// A closed window, or the rest of a long gap. Views and memory belong to the WindowAggregator and are valid while it is
// handed out (WindowAggregator::OnWindow), no longer.
struct WindowReport {
  Micros start = 0;           // aligned to the epoch
  Micros end = 0;             // exclusive
  std::uint64_t windows = 1;  // more than 1: a gap of that many empty windows; start of the first, end of the last
  Cell total;                 // all counted requests: the one key of Dimension::kGlobal
  std::array<DimensionReport, kDimensionCount> dimensions;  // [kGlobal] stays empty
};

}  // namespace socklog

#endif  // SOCKLOG_WINDOW_H_
