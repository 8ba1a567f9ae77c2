#include "pipeline/state_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "transport/file_io.h"

namespace socklog {
namespace {

constexpr std::uint64_t kLargestState = std::uint64_t{1} << 30;

}  // namespace

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

Result<std::optional<RunState>> StateDirectory::Load() {
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
