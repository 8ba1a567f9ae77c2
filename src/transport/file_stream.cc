#include "transport/file_stream.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace socklog {

FileStream::FileStream(UniqueFd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {
  struct stat info;
  if (fstat(fd_.get(), &info) == 0) number_ = FileNumberOf(info);
}

IoResult FileStream::ReadRaw(char* buffer, std::size_t size) {
  if (raw_offset_ >= limit_) return {IoState::kEnd, 0, {}};
  size = static_cast<std::size_t>(std::min<std::uint64_t>(size, limit_ - raw_offset_));
  ssize_t got;
  do {
    got = pread(fd_.get(), buffer, size, static_cast<off_t>(raw_offset_));
  } while (got < 0 && errno == EINTR);
  if (got < 0) return {IoState::kError, 0, Status::Failed(path_ + ": cannot read: " + ErrnoText(errno))};
  if (got == 0) return {IoState::kEnd, 0, {}};
  raw_offset_ += static_cast<std::uint64_t>(got);
  return {IoState::kDone, static_cast<std::size_t>(got), {}};
}

void FileStream::KeepHead(std::string_view text) {
  if (head_.size() >= kHeadBytes || text_offset_ > head_.size()) return;
  const std::size_t known = static_cast<std::size_t>(head_.size() - text_offset_);
  if (known < text.size()) head_.append(text.substr(known, kHeadBytes - head_.size()));
}

IoResult FileStream::Read(TextBuffer* to) {
  if (!unread_.empty()) {
    const std::size_t size = unread_.size();
    to->Append(unread_);
    text_offset_ += size;
    unread_.clear();
    return {IoState::kDone, size, {}};
  }
  const std::size_t before = to->size();
  IoResult io = reader_.Read([this](char* buffer, std::size_t size) { return ReadRaw(buffer, size); }, to);
  if (io.state == IoState::kDone) {
    KeepHead(to->view().substr(before));
    text_offset_ += io.bytes;
  }
  return io;
}

Result<bool> FileStream::Seek(std::uint64_t offset) {
  TextBuffer text;
  while (text_offset_ < offset) {
    text.clear();
    IoResult io = Read(&text);
    if (io.state == IoState::kError) return io.error;
    if (io.state != IoState::kDone) {
      Rewind();
      return false;
    }
    if (!compressed()) {
      if (Stat().size < offset) {
        Rewind();
        return false;
      }
      raw_offset_ = text_offset_ = offset;
    } else if (text_offset_ > offset) {
      // A piece out of the decoder cannot be asked for again.
      unread_ = text.view().substr(text.size() - static_cast<std::size_t>(text_offset_ - offset));
      text_offset_ = offset;
    }
  }
  return true;
}

std::string FileStream::PeekHead() const { return ReadHead(fd_).value_or(""); }

void FileStream::Rewind() {
  reader_ = PlainTextReader(true);
  head_.clear();
  unread_.clear();
  raw_offset_ = 0;
  text_offset_ = 0;
}

FileStream::Facts FileStream::Stat() const {
  struct stat info;
  if (fstat(fd_.get(), &info) != 0) return {};
  return {static_cast<std::uint64_t>(info.st_size),
          std::int64_t{info.st_mtim.tv_sec} * 1'000'000'000 + info.st_mtim.tv_nsec};
}

bool FileStream::WasRewritten() const {
  if (compressed()) return false;
  if (Stat().size < raw_offset_) return true;
  std::string now(head_.size(), '\0');
  const ssize_t got = pread(fd_.get(), now.data(), now.size(), 0);
  return got >= 0 && (static_cast<std::size_t>(got) < now.size() || now != head_);
}

Result<UniqueFd> OpenForReading(const std::string& path) {
  UniqueFd fd(open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
  if (!fd.valid()) {
    const int error = errno;
    struct stat info;
    if (error == ENXIO && stat(path.c_str(), &info) == 0 && S_ISSOCK(info.st_mode)) {
      return Status::Usage(path + ": is a Unix socket; write unix:" + path);
    }
    if (error == EMFILE || error == ENFILE) {
      return Status::Failed(path + ": cannot open: " + ErrnoText(error) +
                            "; raise the limit (ulimit -n) or give fewer files");
    }
    return Status::Usage(path + ": cannot open: " + ErrnoText(error));
  }
  struct stat info;
  if (fstat(fd.get(), &info) == 0 && S_ISDIR(info.st_mode)) {
    return Status::Usage(path + ": is a directory; give the files in it");
  }
  return fd;
}

std::optional<std::string> ReadHead(const UniqueFd& fd) {
  UniqueFd again(fcntl(fd.get(), F_DUPFD_CLOEXEC, 3));
  if (!again.valid()) return std::nullopt;
  FileStream stream(std::move(again), "");
  TextBuffer text;
  while (stream.head().size() < kHeadBytes && stream.Read(&text).state == IoState::kDone) text.clear();
  return stream.head();
}

}  // namespace socklog
