#include "pipeline/state_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/hash.h"
#include "base/snapshot.h"
#include "transport/file_io.h"

namespace socklog {
namespace {

constexpr std::string_view kMagic = "socklog state";
constexpr std::uint32_t kVersion = 1;
constexpr std::uint64_t kLargestState = std::uint64_t{1} << 30;

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

Result<std::unique_ptr<StateDirectory>> StateDirectory::Open(const std::string& path) {
  if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
    return Status::Usage("--state: cannot create " + path + ": " + ErrnoText(errno));
  const std::string lock = path + "/lock";
  UniqueFd fd(open(lock.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600));
  if (!fd.valid()) return Status::Usage("--state: cannot write in " + path + ": " + ErrnoText(errno));
  if (flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    return Status::Usage("--state: " + path + " is in use by another socklog; give each its own directory");
  }
  return std::unique_ptr<StateDirectory>(new StateDirectory(path, std::move(fd)));
}

Result<std::optional<RunState>> StateDirectory::Load() const {
  if (access(FilePath().c_str(), F_OK) != 0) return std::optional<RunState>();
  Result<std::string> bytes = ReadWholeFile(FilePath(), kLargestState);
  if (!bytes.ok()) return bytes.status();
  Result<RunState> state = DecodeState(*bytes);
  if (!state.ok()) return Status(state.status().code(), FilePath() + ": " + state.status().message());
  return std::optional<RunState>(std::move(*state));
}

Status StateDirectory::Save(const RunState& state) {
  std::string bytes = EncodeState(state);
  if (bytes == saved_) return {};
  if (Status status = WriteFileAtomically(FilePath(), bytes); !status.ok()) return status;
  saved_ = std::move(bytes);
  return {};
}

Status StateDirectory::Reset() {
  saved_.clear();
  if (unlink(FilePath().c_str()) != 0 && errno != ENOENT)
    return Status::Usage("--reset-state: cannot remove " + FilePath() + ": " + ErrnoText(errno));
  return {};
}

}  // namespace socklog
