#include "transport/kafka/state_records.h"

#include "base/hash.h"
#include "base/snapshot.h"

namespace socklog {
namespace {

constexpr std::string_view kManifest = "manifest";
constexpr std::string_view kMagic = "socklog state records";
constexpr std::uint32_t kVersion = 1;

// No group's prefix begins another's.
std::string Prefix(const std::string& group) { return std::to_string(group.size()) + ' ' + group + ' '; }

Status Damaged(const std::string& why) {
  return {StatusCode::kDataLoss, "the saved state " + why + "; --reset-state starts afresh"};
}

}  // namespace

std::vector<StateRecord> CutState(const std::string& group, std::string_view state,
                                  const std::set<std::string>& earlier) {
  const std::string prefix = Prefix(group);
  const std::size_t parts = (state.size() + kLargestStatePart - 1) / kLargestStatePart;
  std::vector<StateRecord> records;
  std::set<std::string> left = earlier;
  for (std::size_t i = 0; i < parts; ++i) {
    const std::string key = prefix + std::to_string(i);
    records.push_back({key, std::string(state.substr(i * kLargestStatePart, kLargestStatePart))});
    left.erase(key);
  }
  left.erase(prefix + std::string(kManifest));
  for (const std::string& key : left) records.push_back({key, std::nullopt});
  SnapshotWriter manifest;
  manifest.String(kMagic);
  manifest.U32(kVersion);
  manifest.U64(parts);
  manifest.U64(state.size());
  manifest.U64(Hash64(state));
  records.push_back({prefix + std::string(kManifest), manifest.bytes()});
  return records;
}

StateJoiner::StateJoiner(const std::string& group) : prefix_(Prefix(group)) {}

void StateJoiner::Add(std::string_view key, std::optional<std::string_view> value) {
  if (!key.starts_with(prefix_)) return;
  key.remove_prefix(prefix_.size());
  if (value) {
    records_.insert_or_assign(std::string(key), std::string(*value));
  } else if (const auto found = records_.find(key); found != records_.end()) {
    records_.erase(found);
  }
}

Result<std::optional<std::string>> StateJoiner::Join() const {
  const auto found = records_.find(kManifest);
  if (found == records_.end()) return std::optional<std::string>();
  SnapshotReader manifest(found->second);
  if (manifest.String() != kMagic) return Damaged("is not one of socklog's");
  if (const std::uint32_t version = manifest.U32(); version != kVersion)
    return Damaged("has version " + std::to_string(version) + ", this program reads " + std::to_string(kVersion));
  const std::uint64_t parts = manifest.U64();
  const std::uint64_t size = manifest.U64();
  const std::uint64_t check_sum = manifest.U64();
  if (!manifest.ok() || !manifest.at_end()) return Damaged("is damaged");
  std::string state;
  for (std::uint64_t i = 0; i < parts; ++i) {
    const auto part = records_.find(std::to_string(i));
    if (part == records_.end()) return Damaged("misses a part");
    state += part->second;
  }
  if (state.size() != size || Hash64(state) != check_sum) return Damaged("is damaged");
  return std::optional<std::string>(std::move(state));
}

std::set<std::string> StateJoiner::Keys() const {
  std::set<std::string> keys;
  for (const auto& [key, value] : records_) keys.insert(prefix_ + key);
  return keys;
}

}  // namespace socklog
