#include "transport/file_sink.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/log.h"
#include "base/text.h"
#include "transport/file_io.h"
#include "transport/stream_sink.h"

namespace socklog {

Result<std::unique_ptr<FileSink>> FileSink::Open(const std::string& path, std::optional<std::uint64_t> resume_length) {
  const int how = resume_length ? O_RDWR : O_WRONLY | O_TRUNC;
  UniqueFd fd(open(path.c_str(), how | O_CREAT | O_CLOEXEC | O_NOCTTY, 0644));
  if (!fd.valid()) {
    const int error = errno;
    const bool disk = error == ENOSPC || error == EDQUOT || error == EIO;
    return Status(disk ? StatusCode::kFailed : StatusCode::kUsage,
                  path + ": cannot open for writing: " + ErrnoText(error));
  }
  std::unique_ptr<FileSink> sink(new FileSink(std::move(fd), path));
  if (resume_length) {
    if (Status status = sink->Resume(*resume_length); !status.ok()) return status;
  }
  return sink;
}

Status FileSink::Resume(std::uint64_t length) {
  struct stat info;
  if (fstat(fd_.get(), &info) != 0) return Fail("cannot look at it", errno);
  size_ = static_cast<std::uint64_t>(info.st_size);
  if (size_ < length) {
    LogWarning(path_ + ": is shorter than it was (" + FormatThousands(size_) + " of " + FormatThousands(length) +
               " bytes); going on at its end, lines may be missing in it");
    length = size_;
    char last = '\n';
    if (size_ > 0 && pread(fd_.get(), &last, 1, static_cast<off_t>(size_ - 1)) == 1 && last != '\n') buffer_ = "\n";
  }
  const std::uint64_t end = size_;
  if (Status status = ReadKept(length, end); !status.ok()) return status;
  if (size_ < end && ftruncate(fd_.get(), static_cast<off_t>(size_)) != 0)
    return Fail("cannot cut off its unfinished last line", errno);
  return Status();
}

// Learns the whole lines in [from, end) and leaves size_ at the end of the last.
Status FileSink::ReadKept(std::uint64_t from, std::uint64_t end) {
  std::string line;
  std::uint64_t line_start = from;
  std::string chunk(kSinkBufferBytes, '\0');
  for (std::uint64_t at = from; at < end;) {
    const ssize_t got = pread(fd_.get(), chunk.data(), chunk.size(), static_cast<off_t>(at));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Fail("cannot read", errno);
    if (got == 0) break;
    at += static_cast<std::uint64_t>(got);
    std::string_view rest(chunk.data(), static_cast<std::size_t>(got));
    for (std::size_t newline = rest.find('\n'); newline != std::string_view::npos; newline = rest.find('\n')) {
      line.append(rest.substr(0, newline + 1));
      rest.remove_prefix(newline + 1);
      Keep(line, line_start);
      line_start += line.size();
      line.clear();
    }
    line.append(rest);
  }
  size_ = line_start;
  return Status();
}

void FileSink::Keep(std::string_view line, std::uint64_t offset) {
  kept_by_text_.emplace(line, kept_.size());
  kept_.push_back({offset, false});
}

// Whether the file has this line already, from a run that died. Of equal lines the first in the file is taken.
bool FileSink::TakeKept(std::string_view line) {
  const auto [begin, end] = kept_by_text_.equal_range(std::string(line));
  if (begin == end) return false;
  const auto first = std::min_element(begin, end, [](const auto& a, const auto& b) { return a.second < b.second; });
  kept_[first->second].written_again = true;
  kept_by_text_.erase(first);
  while (first_kept_ < kept_.size() && kept_[first_kept_].written_again) ++first_kept_;
  return true;
}

Status FileSink::Write(std::string_view lines) {
  if (!failed_.ok()) return failed_;
  while (!kept_by_text_.empty() && !lines.empty()) {
    const std::size_t size = std::min(lines.find('\n'), lines.size() - 1) + 1;
    if (!TakeKept(lines.substr(0, size))) buffer_.append(lines.substr(0, size));
    lines.remove_prefix(size);
  }
  if (buffer_.empty() && lines.size() >= kSinkBufferBytes) return Drain(lines);
  buffer_.append(lines);
  return buffer_.size() >= kSinkBufferBytes ? Drain(buffer_) : Status();
}

// `rest`: the buffer, or what is so much that it needs none.
Status FileSink::Drain(std::string_view rest) {
  while (!rest.empty()) {
    const ssize_t written = pwrite(fd_.get(), rest.data(), rest.size(), static_cast<off_t>(size_));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return Fail("cannot write", errno);
    size_ += static_cast<std::uint64_t>(written);
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  buffer_.clear();
  return Status();
}

Status FileSink::Flush(bool durable) {
  if (!failed_.ok()) return failed_;
  if (Status status = Drain(buffer_); !status.ok() || !durable) return status;
  if (fsync(fd_.get()) != 0 && errno != EINVAL && errno != ENOTSUP && errno != EROFS) return Fail("cannot sync", errno);
  if (directory_synced_) return Status();
  directory_synced_ = true;
  return SyncDirectoryOf(path_);
}

std::uint64_t FileSink::length() const { return first_kept_ < kept_.size() ? kept_[first_kept_].offset : size_; }

Status FileSink::Fail(std::string_view what, int error) {
  return failed_ = Status::Failed(path_ + ": " + std::string(what) + ": " + ErrnoText(error));
}

}  // namespace socklog
