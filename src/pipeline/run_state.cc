#include "pipeline/run_state.h"

#include "base/hash.h"
#include "base/snapshot.h"

namespace socklog {
namespace {

constexpr std::string_view kMagic = "socklog state";
constexpr std::uint32_t kVersion = 1;

Status Damaged(const std::string& why) {
  return {StatusCode::kDataLoss,
          "the saved state " + why + "; --reset-state starts afresh (windows that were open are lost)"};
}

}  // namespace

std::string EncodeState(const RunState& state) {
  SnapshotWriter body;
  body.String(state.shape);
  body.U64(state.partitions.size());
  for (const SavedPartition& partition : state.partitions) {
    body.String(partition.name);
    body.String(partition.position);
    body.String(partition.chosen);
    EncodeSaved(partition.windows, &body);
  }
  body.String(state.aggregator);
  body.String(state.counters);
  body.String(state.alerts);
  body.U64(state.output_lengths.size());
  for (const auto& [endpoint, length] : state.output_lengths) {
    body.String(endpoint);
    body.U64(length);
  }
  SnapshotWriter file;
  file.String(kMagic);
  file.U32(kVersion);
  file.U64(Hash64(body.bytes()));
  file.String(body.bytes());
  return file.bytes();
}

Result<RunState> DecodeState(std::string_view bytes) {
  constexpr std::size_t kSmallestPartition = 56;
  constexpr std::size_t kSmallestOutput = 16;
  SnapshotReader file(bytes);
  if (file.String() != kMagic) return Damaged("is not one of socklog's");
  const std::uint32_t version = file.U32();
  if (version != kVersion)
    return Damaged("has version " + std::to_string(version) + ", this program reads " + std::to_string(kVersion));
  const std::uint64_t check_sum = file.U64();
  const std::string body_bytes = file.String();
  if (!file.ok() || !file.at_end() || Hash64(body_bytes) != check_sum) return Damaged("is damaged");

  SnapshotReader body(body_bytes);
  RunState state;
  state.shape = body.String();
  const std::uint64_t partitions = body.Count(kSmallestPartition);
  for (std::uint64_t i = 0; i < partitions && body.ok(); ++i) {
    SavedPartition& partition = state.partitions.emplace_back();
    partition.name = body.String();
    partition.position = body.String();
    partition.chosen = body.String();
    partition.windows = DecodeSaved(&body);
  }
  state.aggregator = body.String();
  state.counters = body.String();
  state.alerts = body.String();
  const std::uint64_t outputs = body.Count(kSmallestOutput);
  for (std::uint64_t i = 0; i < outputs && body.ok(); ++i) {
    std::string endpoint = body.String();
    state.output_lengths[std::move(endpoint)] = body.U64();
  }
  if (!body.ok() || !body.at_end()) return Damaged("is damaged");
  return state;
}

}  // namespace socklog
