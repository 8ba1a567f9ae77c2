// Where the state of a run is kept, so that a later one goes on where it ended or was killed.
#ifndef SOCKLOG_PIPELINE_STATE_STORE_H_
#define SOCKLOG_PIPELINE_STATE_STORE_H_

#include <optional>
#include <string>

#include "pipeline/run_state.h"
#include "socklog/status.h"

namespace socklog {

// Holds one state, for one process at a time. Thread-compatible.
class StateStore {
 public:
  virtual ~StateStore() = default;

  // What messages call it: "the state in /var/lib/socklog".
  virtual std::string name() const = 0;
  // nullopt: nothing was saved yet. Errors: kDataLoss (see DecodeState), kFailed (cannot be read).
  virtual Result<std::optional<RunState>> Load() = 0;
  // Replaces what was saved, at once or not at all. Errors: kFailed; kAborted: what was saved last stands, and a store
  // opened anew takes more.
  virtual Status Save(const RunState& state) = 0;
  // --reset-state: what was saved will not be found again.
  virtual Status Reset() = 0;
};

}  // namespace socklog

#endif  // SOCKLOG_PIPELINE_STATE_STORE_H_
