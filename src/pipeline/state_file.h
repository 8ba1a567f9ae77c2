// The saved state of a run (--state DIR): parts encoded by their modules, joined, versioned, checked and replaced
// atomically.
#ifndef SOCKLOG_PIPELINE_STATE_FILE_H_
#define SOCKLOG_PIPELINE_STATE_FILE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "socklog/status.h"
#include "transport/fd.h"
#include "window/partition_windows.h"

namespace socklog {

// Where one partition goes on.
struct SavedPartition {
  std::string name;
  std::string position;  // as Source::EncodePosition gave it
  std::string chosen;    // format
  PartitionWindows::Saved windows;
};

struct RunState {
  std::string shape;  // ShapeHash of the run
  std::vector<SavedPartition> partitions;
  std::string aggregator;                               // WindowAggregator::Encode
  std::string counters;                                 // WindowCounters::Encode
  std::string alerts;                                   // AlertTracker::Encode
  std::map<std::string, std::uint64_t> output_lengths;  // by endpoint
};

std::string EncodeState(const RunState& state);
// Error (kDataLoss): no state, damaged, or of another version; the message says what to do.
Result<RunState> DecodeState(std::string_view bytes);

// A directory that holds one state and is used by one process at a time. Thread-compatible.
class StateDirectory {
 public:
  // Creates the directory (mode 0700) if it is missing. Errors (kUsage): no permission, used by another process.
  static Result<std::unique_ptr<StateDirectory>> Open(const std::string& path);

  // nullopt: nothing was saved yet. Errors: kDataLoss (see DecodeState), kFailed (cannot be read).
  Result<std::optional<RunState>> Load() const;
  // Replaces what was saved, at once or not at all. Error: kFailed.
  Status Save(const RunState& state);
  // --reset-state: forgets what was saved.
  Status Reset();

 private:
  StateDirectory(std::string path, UniqueFd lock) : path_(std::move(path)), lock_(std::move(lock)) {}
  std::string FilePath() const { return path_ + "/state"; }

  std::string path_;
  UniqueFd lock_;
  std::string saved_;  // bytes of the last Save: an unchanged state is not written again
};

}  // namespace socklog

#endif  // SOCKLOG_PIPELINE_STATE_FILE_H_
