// One open file as plain text.
#ifndef SOCKLOG_TRANSPORT_FILE_STREAM_H_
#define SOCKLOG_TRANSPORT_FILE_STREAM_H_

#include <sys/stat.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

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
  // `fd`: of a regular file. `path`: for messages.
  FileStream(UniqueFd fd, std::string path);

  // Starts at `offset` of the plain text; for compressed files by reading up to there. False if the file has not so
  // much text; the stream is then at its beginning. REQUIRES: nothing was read yet.
  Result<bool> Seek(std::uint64_t offset);

  // Appends the next piece of text. kEnd: the present end, or the end for good if compressed().
  IoResult Read(TextBuffer* to);

  // Begins again at 0, as after truncation.
  void Rewind();

  // Nothing beyond this size (of the file as it lies on the disk) is read.
  void LimitTo(std::uint64_t raw_size) { limit_ = raw_size; }
  // Whether the file is longer than what was, or may be, read of it.
  bool has_more() const { return Stat().size > raw_offset_; }
  // Whether what was read is no longer there: the file shrank, or begins differently. Only for plain files.
  bool WasRewritten() const;

  bool compressed() const { return reader_.compressed(); }
  // The first KiB of the plain text, or as much of it as was read.
  const std::string& head() const { return head_; }
  // The same, or as much of it as there is.
  std::string PeekHead() const;
  std::uint64_t text_offset() const { return text_offset_; }  // of the next byte of text
  const FileNumber& number() const { return number_; }
  const std::string& path() const { return path_; }

  struct Facts {
    std::uint64_t size = 0;
    std::int64_t modified = 0;  // nanoseconds since the epoch
  };
  Facts Stat() const;

 private:
  IoResult ReadRaw(char* buffer, std::size_t size);
  void KeepHead(std::string_view text);

  UniqueFd fd_;
  std::string path_;
  FileNumber number_;
  PlainTextReader reader_{true};
  std::string head_;
  std::string unread_;  // text behind the place that Seek went to
  std::uint64_t raw_offset_ = 0;
  std::uint64_t text_offset_ = 0;
  std::uint64_t limit_ = std::numeric_limits<std::uint64_t>::max();
};

// Opens for reading without ever blocking. Errors (kUsage): what is wrong with the path.
Result<UniqueFd> OpenForReading(const std::string& path);

// The first KiB of an open file's plain text; nullopt if it cannot be read. Leaves the descriptor as it is.
std::optional<std::string> ReadHead(const UniqueFd& fd);

}  // namespace socklog

#endif  // SOCKLOG_TRANSPORT_FILE_STREAM_H_
