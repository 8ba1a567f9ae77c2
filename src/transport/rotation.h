// The files that log rotation makes of one: access.log, access.log.1, access.log-20260101.gz, access-2026-01-01.log.
#ifndef SOCKLOG_TRANSPORT_ROTATION_H_
#define SOCKLOG_TRANSPORT_ROTATION_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "transport/file_stream.h"

namespace socklog {

struct Sibling {
  std::string path;
  std::string name;         // without the directory
  std::string suffix;       // what rotation added: "1", "20260101"; without separators and what compression adds
  bool is_rotated = false;  // the name looks as rotation makes it; others merely begin alike
  bool packed = false;      // the name ends as compression makes it
  FileNumber number;
  std::int64_t modified = 0;  // nanoseconds
  std::uint64_t size = 0;
  std::shared_ptr<const UniqueFd> fd;  // open, since its name may change any time; nullptr: cannot be read
};

// What rotation may have made of `path`, which itself is not among them: the regular files beside it whose names begin
// with its name, or with its name up to the last dot. Sorted by name; one moment's state, even while rotation is at
// work. Empty if the directory cannot be read.
std::vector<Sibling> ListSiblings(const std::string& path);

// The first KiB of its plain text; empty if there is none (yet) or it cannot be read.
std::string HeadOf(const Sibling& sibling);

// A descriptor of its own for a sibling's file; not valid if it cannot be read.
UniqueFd Reopen(const Sibling& sibling);

// Whether the name of `path` looks as if rotation had made it of `original`.
bool IsRotatedNameOf(const std::string& path, const std::string& original);

// Whether `a` was written before `b`: by their numbers (3 is older than 2) or dates when both have such, else by
// modification.
bool IsOlder(const Sibling& a, const Sibling& b);

}  // namespace socklog

#endif  // SOCKLOG_TRANSPORT_ROTATION_H_
