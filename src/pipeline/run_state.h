// The state of a run: parts encoded by their modules, joined, versioned and checked.
#ifndef SOCKLOG_PIPELINE_RUN_STATE_H_
#define SOCKLOG_PIPELINE_RUN_STATE_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "socklog/status.h"
#include "socklog/time.h"
#include "window/partition_windows.h"

namespace socklog {

// Where one partition goes on.
struct SavedPartition {
  std::string name;
  std::string position;  // as Source::EncodePosition gave it
  std::string chosen;    // format
  PartitionWindows::Saved windows;
  // By this run; else its place is kept for a later one. Not encoded.
  bool is_read = true;
};

struct RunState {
  std::string shape;  // ShapeHash of the run
  std::vector<SavedPartition> partitions;
  std::string aggregator;                               // WindowAggregator::Encode
  std::string counters;                                 // WindowCounters::Encode
  std::string alerts;                                   // AlertTracker::Encode
  std::map<std::string, std::uint64_t> output_lengths;  // by endpoint
  // All windows that end at or before it are closed. Not encoded: `aggregator` has it.
  Micros closed_through = kNoTime;
};

std::string EncodeState(const RunState& state);
// Error (kDataLoss): no state, damaged, or of another version; the message says what to do.
Result<RunState> DecodeState(std::string_view bytes);

}  // namespace socklog

#endif  // SOCKLOG_PIPELINE_RUN_STATE_H_
