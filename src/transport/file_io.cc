#include "transport/file_io.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>

#include "base/text.h"
#include "transport/fd.h"

namespace socklog {
namespace {

Status PathError(StatusCode code, const std::string& path, std::string_view what, int error) {
  return Status(code, path + ": " + std::string(what) + ": " + ErrnoText(error));
}

// Wrong places are the user's mistake; a full or broken disk is not.
StatusCode CodeOfOpenError(int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
    case EIO:
    case EMFILE:
    case ENFILE:
      return StatusCode::kFailed;
    default:
      return StatusCode::kUsage;
  }
}

Status WriteAll(int fd, const std::string& path, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && errno == EPIPE) return Status(StatusCode::kBrokenPipe, path + ": the reader has gone");
    if (written < 0) return PathError(StatusCode::kFailed, path, "cannot write", errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return Status();
}

Status WriteInPlace(const std::string& path, std::string_view bytes) {
  const UniqueFd fd(open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY));
  if (!fd.valid()) return PathError(CodeOfOpenError(errno), path, "cannot open for writing", errno);
  return WriteAll(fd.get(), path, bytes);
}

// A symbolic link stays one: what it points to is replaced.
std::string FollowLink(const std::string& path) {
  struct stat info;
  if (lstat(path.c_str(), &info) != 0 || !S_ISLNK(info.st_mode)) return path;
  char* resolved = realpath(path.c_str(), nullptr);
  if (resolved == nullptr) return path;
  std::string target = resolved;
  free(resolved);
  return target;
}

}  // namespace

std::string DirectoryOf(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

std::string BaseName(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? path : path.substr(slash + 1);
}

Result<std::string> ReadWholeFile(const std::string& path, std::uint64_t max_bytes, unsigned* mode) {
  const UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!fd.valid()) return PathError(CodeOfOpenError(errno), path, "cannot open", errno);
  struct stat info = {};
  if (fstat(fd.get(), &info) != 0) return PathError(StatusCode::kFailed, path, "cannot read", errno);
  if (mode != nullptr) *mode = info.st_mode;
  std::string bytes;
  char buffer[16 * 1024];
  for (;;) {
    const ssize_t got = read(fd.get(), buffer, sizeof(buffer));
    if (got == 0) return bytes;
    if (got < 0 && errno == EINTR) continue;
    if (got < 0)
      return PathError(errno == EISDIR ? StatusCode::kUsage : StatusCode::kFailed, path, "cannot read", errno);
    if (bytes.size() + static_cast<std::size_t>(got) > max_bytes) {
      return Status::Usage(path + ": larger than the " + FormatThousands(max_bytes) +
                           " bytes that such a file may have");
    }
    bytes.append(buffer, static_cast<std::size_t>(got));
  }
}

Status SyncDirectoryOf(const std::string& path) {
  const std::string directory = DirectoryOf(path);
  const UniqueFd fd(open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.valid()) return PathError(StatusCode::kFailed, directory, "cannot open", errno);
  // Some file systems cannot sync a directory and say EINVAL; there is nothing more to be had there.
  if (fsync(fd.get()) != 0 && errno != EINVAL && errno != EROFS) {
    return PathError(StatusCode::kFailed, directory, "cannot sync", errno);
  }
  return Status();
}

bool IsPrivate(const std::string& path, unsigned mode) {
  const char* const credentials = std::getenv("CREDENTIALS_DIRECTORY");
  const bool is_credential =
      credentials != nullptr && *credentials != '\0' && path.starts_with(std::string(credentials) + "/");
  return (mode & (is_credential ? 037 : 077)) == 0;
}

Status WriteFileAtomically(const std::string& path, std::string_view bytes, mode_t mode) {
  struct stat info;
  if (stat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode)) return WriteInPlace(path, bytes);
  static std::atomic<unsigned> counter{0};
  const std::string target = FollowLink(path);
  const std::string temporary = DirectoryOf(target) + "/." + BaseName(target) + ".tmp" + std::to_string(getpid()) +
                                "." + std::to_string(counter.fetch_add(1));
  UniqueFd fd(open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode));
  if (!fd.valid()) return PathError(CodeOfOpenError(errno), path, "cannot write beside it", errno);
  Status status = WriteAll(fd.get(), path, bytes);
  if (status.ok() && fsync(fd.get()) != 0) status = PathError(StatusCode::kFailed, path, "cannot sync", errno);
  if (status.ok() && rename(temporary.c_str(), target.c_str()) != 0) {
    status = PathError(StatusCode::kFailed, path, "cannot replace", errno);
  }
  if (!status.ok()) {
    unlink(temporary.c_str());
    return status;
  }
  return SyncDirectoryOf(target);
}

}  // namespace socklog
