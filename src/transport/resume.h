// Positions in files as text, and the files that such text speaks of.
#ifndef SOCKLOG_TRANSPORT_RESUME_H_
#define SOCKLOG_TRANSPORT_RESUME_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "transport/file_stream.h"
#include "transport/transport.h"

namespace socklog {

// A file's identity is the hash of the first `length` bytes of its plain text. Number and name only decide between
// files that begin alike (or are still empty).
struct FileIdentity {
  std::uint64_t length = 0;
  std::string hash;
  FileNumber number;
  std::string name;  // without the directory

  // Whether a file that begins with `head` and has `other` for a number can be this one.
  bool Matches(std::string_view head, const FileNumber& other) const;
};

FileIdentity IdentityOf(std::string_view head, const FileNumber& number, const std::string& path);

struct SavedPosition {
  FileIdentity identity;
  std::uint64_t offset = 0;  // of plain text
};

// "1 LENGTH HASH OFFSET DEVICE INODE NAME": one printable line.
std::string EncodeSavedPosition(const SavedPosition& position);
// nullopt: not such text.
std::optional<SavedPosition> DecodeSavedPosition(std::string_view text);

// Where an input starts that takes part in an earlier run's partition.
struct ResumeStart {
  std::size_t resume_index = 0;  // into SourceOptions::resume
  std::string path;              // the input's own path, or a rotated file beside it
  UniqueFd fd;                   // the latter, open: its name may change any time
  std::uint64_t offset = 0;
  bool lost = false;  // the file is nowhere: `path` and `offset` are the input's beginning
};

struct FileInput {
  std::string path;
  std::string partition_name;
  FileNumber number;
  const UniqueFd& fd;  // must outlive the search
};

// Finds each resume point's file: among the inputs first, then beside the input of the same partition name. No file
// serves two resume points, and no input takes two. One element per input; nullopt: a new partition, read from its
// beginning. Points whose text is no file position (sockets) are skipped. Error (kDataLoss): text that cannot be read.
Result<std::vector<std::optional<ResumeStart>>> FindResumeStarts(const std::vector<FileInput>& inputs,
                                                                 const std::vector<ResumePoint>& resume);

}  // namespace socklog

#endif  // SOCKLOG_TRANSPORT_RESUME_H_
