#include "pipeline/group_state.h"

#include <vector>

#include "base/endpoint.h"
#include "base/text.h"

namespace socklog {
namespace {

// What stands beside the group's offsets: through when windows are closed.
std::string NoteOf(const RunState& state) {
  return state.closed_through == kNoTime ? std::string("-") : FormatTime(state.closed_through);
}

}  // namespace

Result<std::unique_ptr<GroupState>> GroupState::Open(const std::string& topic, const ConnectionOptions& options,
                                                     const Clock& clock) {
  const Result<Endpoint> endpoint = ParseEndpoint(topic);
  if (!endpoint.ok()) return endpoint.status();
  Result<std::unique_ptr<GroupWork>> work = OpenGroupWork(endpoint.value(), options, clock);
  if (!work.ok()) return work.status();
  const std::string name = "the state of group '" + options.kafka.group + "' in " + topic;
  return std::make_unique<GroupState>(name, std::move(*work));
}

Result<std::optional<RunState>> GroupState::Load() {
  const auto error = [this](const Status& why) { return Status(why.code(), name_ + ": " + why.message()); };
  const Result<std::optional<std::string>>& saved = work_->state();
  if (!saved.ok()) return error(saved.status());
  if (!saved.value()) return std::optional<RunState>();
  Result<RunState> state = DecodeState(*saved.value());
  if (!state.ok()) return error(state.status());
  return std::optional<RunState>(std::move(*state));
}

Status GroupState::Save(const RunState& state) {
  std::vector<std::string> positions;
  for (const SavedPartition& partition : state.partitions) {
    // Of a topic that is not read any more, and may be gone, the broker takes no offsets.
    if (partition.is_read) positions.push_back(partition.position);
  }
  return work_->Commit(EncodeState(state), positions, NoteOf(state));
}

}  // namespace socklog
