// One open file as plain text.
#ifndef SOCKLOG_TRANSPORT_FILE_STREAM_H_
#define SOCKLOG_TRANSPORT_FILE_STREAM_H_

#include <sys/stat.h>

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "transport/decode_ahead.h"
#include "transport/plain_text_reader.h"

namespace socklog {

// By so much plain text a file is known again after it was renamed or compressed.
inline constexpr std::size_t kHeadBytes = 1024;

// Which file on this machine, whatever its name.
struct FileNumber {
  dev_t device = 0;
  ino_t inode = 0;
  friend bool operator==(const FileNumber&, const FileNumber&) = default;
  friend bool operator<(const FileNumber& a, const FileNumber& b) {
    return a.device != b.device ? a.device < b.device : a.inode < b.inode;
  }
};

inline FileNumber FileNumberOf(const struct stat& info) { return {info.st_dev, info.st_ino}; }

// Reads from an offset of plain text on. Thread-compatible.
class FileStream {
 public:
  // `fd`: of a regular file. `path`: for messages. `threads`: from which a compressed file may take one once it proves
  // to be long; may be null. `read_bytes`: of a piece of text, at most.
  FileStream(UniqueFd fd, std::string path, ThreadBudget* threads = nullptr, std::size_t read_bytes = kReadBytes);

  // Starts at `offset` of the plain text; for compressed files by reading up to there. False if the file has not so
  // much text; the stream is then at its beginning. REQUIRES: nothing was read yet.
  Result<bool> Seek(std::uint64_t offset);

  // Appends the next piece of text. kEnd: the present end, or the end for good if compressed().
  IoResult Read(TextBuffer* to);

  // Begins again at 0, as after truncation.
  void Rewind();

  // Nothing beyond this size (of the file as it lies on the disk) is read.
  void LimitTo(std::uint64_t raw_size) { raw_->limit = raw_size; }
  // Whether the file is longer than what was, or may be, read of it. Only for plain files.
  bool has_more() const { return !compressed() && Stat().size > raw_->offset; }
  // Whether what was read is no longer there: the file shrank, or begins differently. Only for plain files.
  bool WasRewritten() const;

  bool compressed() const { return raw_->reader.compressed(); }
  // The first KiB of the plain text, or as much of it as was read.
  const std::string& head() const { return head_; }
  // The same, or as much of it as there is.
  std::string PeekHead() const;
  std::uint64_t text_offset() const { return text_offset_; }  // of the next byte of text
  const FileNumber& number() const { return number_; }
  const std::string& path() const { return raw_->path; }

  struct Facts {
    std::uint64_t size = 0;
    std::int64_t modified = 0;  // nanoseconds since the epoch
  };
  Facts Stat() const;

 private:
  // The file as it lies on the disk, at a place that stays; the thread's while there is one.
  struct Raw {
    UniqueFd fd;
    std::string path;
    std::size_t read_bytes = kReadBytes;
    PlainTextReader reader{true};
    std::uint64_t offset = 0;
    std::uint64_t limit = std::numeric_limits<std::uint64_t>::max();
    std::unique_ptr<DecodeAhead> ahead;  // the last member, since it uses the others until it is gone

    IoResult ReadBytes(char* buffer, std::size_t size);
    IoResult ReadText(TextBuffer* to);
  };

  IoResult ReadText(TextBuffer* to);
  void DecodeInThread();
  void KeepHead(std::string_view text);

  std::unique_ptr<Raw> raw_;
  ThreadBudget* threads_;
  FileNumber number_;
  std::string head_;
  std::string unread_;  // text behind the place that Seek went to
  std::uint64_t text_offset_ = 0;
};

// Opens for reading without ever blocking. Errors (kUsage): what is wrong with the path.
Result<UniqueFd> OpenForReading(const std::string& path);

// The first KiB of an open file's plain text; nullopt if it cannot be read. Leaves the descriptor as it is.
std::optional<std::string> ReadHead(const UniqueFd& fd);

}  // namespace socklog

#endif  // SOCKLOG_TRANSPORT_FILE_STREAM_H_
