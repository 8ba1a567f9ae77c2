// The state of a run in a topic, for a consumer group of Kafka: saved in one transaction with what is written to
// topics.
#ifndef SOCKLOG_PIPELINE_GROUP_STATE_H_
#define SOCKLOG_PIPELINE_GROUP_STATE_H_

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "pipeline/state_store.h"
#include "socklog/options.h"
#include "transport/group_work.h"

namespace socklog {

// Thread-compatible.
class GroupState : public StateStore {
 public:
  // Takes the work of the group. `topic`: see GroupStateTopic. Errors: those of ParseEndpoint and OpenGroupWork.
  static Result<std::unique_ptr<GroupState>> Open(const std::string& topic, const ConnectionOptions& options,
                                                  const Clock& clock);
  // With work that was taken already.
  GroupState(std::string name, std::unique_ptr<GroupWork> work) : name_(std::move(name)), work_(std::move(work)) {}

  // Outputs to topics are opened with it.
  GroupWork& work() { return *work_; }

  std::string name() const override { return name_; }
  Result<std::optional<RunState>> Load() override;
  Status Save(const RunState& state) override;
  // The next Save replaces what is there; until then reading begins at the group's offsets.
  Status Reset() override { return {}; }

 private:
  const std::string name_;
  const std::unique_ptr<GroupWork> work_;
};

}  // namespace socklog

#endif  // SOCKLOG_PIPELINE_GROUP_STATE_H_
