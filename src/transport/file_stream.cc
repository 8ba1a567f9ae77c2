#include "transport/file_stream.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace socklog {

FileStream::FileStream(UniqueFd fd, std::string path, ThreadBudget* threads, std::size_t read_bytes)
    : raw_(std::make_unique<Raw>()), threads_(threads) {
  raw_->fd = std::move(fd);
  raw_->path = std::move(path);
  raw_->read_bytes = read_bytes;
  struct stat info;
  if (fstat(raw_->fd.get(), &info) == 0) number_ = FileNumberOf(info);
}

IoResult FileStream::Raw::ReadBytes(char* buffer, std::size_t size) {
  if (offset >= limit) return {IoState::kEnd, 0, {}};
  size = static_cast<std::size_t>(std::min<std::uint64_t>(size, limit - offset));
  ssize_t got;
  do {
    got = pread(fd.get(), buffer, size, static_cast<off_t>(offset));
  } while (got < 0 && errno == EINTR);
  if (got < 0) return {IoState::kError, 0, Status::Failed(path + ": cannot read: " + ErrnoText(errno))};
  if (got == 0) return {IoState::kEnd, 0, {}};
  offset += static_cast<std::uint64_t>(got);
  return {IoState::kDone, static_cast<std::size_t>(got), {}};
}

IoResult FileStream::Raw::ReadText(TextBuffer* to) {
  return reader.Read([this](char* buffer, std::size_t size) { return ReadBytes(buffer, size); }, to, read_bytes);
}

IoResult FileStream::ReadText(TextBuffer* to) {
  const bool is_long = compressed() && text_offset_ >= kReadBytes;
  if (is_long && raw_->ahead == nullptr && threads_ != nullptr && threads_->Take()) DecodeInThread();
  if (raw_->ahead == nullptr) return raw_->ReadText(to);
  IoResult io = raw_->ahead->Read(to);
  if (io.state != IoState::kDone) {
    raw_->ahead.reset();
    threads_ = nullptr;  // no other for a file that has ended
  }
  return io;
}

void FileStream::DecodeInThread() {
  Raw* raw = raw_.get();
  try {
    raw_->ahead = std::make_unique<DecodeAhead>([raw](TextBuffer* piece) { return raw->ReadText(piece); }, threads_);
  } catch (const std::system_error&) {  // the system has no more threads
    threads_->Give();
    threads_ = nullptr;
  }
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
  IoResult io = ReadText(to);
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
      raw_->offset = text_offset_ = offset;
    } else if (text_offset_ > offset) {
      // A piece out of the decoder cannot be asked for again.
      unread_ = text.view().substr(text.size() - static_cast<std::size_t>(text_offset_ - offset));
      text_offset_ = offset;
    }
  }
  return true;
}

std::string FileStream::PeekHead() const { return ReadHead(raw_->fd).value_or(""); }

void FileStream::Rewind() {
  raw_->ahead.reset();
  raw_->reader = PlainTextReader(true);
  raw_->offset = 0;
  head_.clear();
  unread_.clear();
  text_offset_ = 0;
}

FileStream::Facts FileStream::Stat() const {
  struct stat info;
  if (fstat(raw_->fd.get(), &info) != 0) return {};
  return {static_cast<std::uint64_t>(info.st_size),
          std::int64_t{info.st_mtim.tv_sec} * 1'000'000'000 + info.st_mtim.tv_nsec};
}

bool FileStream::WasRewritten() const {
  if (compressed()) return false;
  if (Stat().size < raw_->offset) return true;
  std::string now(head_.size(), '\0');
  const ssize_t got = pread(raw_->fd.get(), now.data(), now.size(), 0);
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
