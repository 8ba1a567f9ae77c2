// Small files read and replaced as a whole: snapshots, summaries, thresholds.
#ifndef SOCKLOG_TRANSPORT_FILE_IO_H_
#define SOCKLOG_TRANSPORT_FILE_IO_H_

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "socklog/status.h"

namespace socklog {

// Errors name the path: kUsage for no such file, a directory, no permission, more than `max_bytes`; kFailed while
// reading.
// *mode: st_mode of what was read.
Result<std::string> ReadWholeFile(const std::string& path, std::uint64_t max_bytes, unsigned* mode = nullptr);

// Whether nobody but its owner can read or change a file with that st_mode. systemd gives a service its credentials
// ($CREDENTIALS_DIRECTORY) by an access list, whose mask shows as the group's permission to read.
bool IsPrivate(const std::string& path, unsigned mode);

// After a crash at any moment the file holds either its old or its new bytes: a temporary file beside it is written,
// brought to the disk and renamed. `mode`: of the new file. A path that is no regular file (/dev/stdout, a FIFO) is
// written to as it is. Errors: kUsage when the place cannot be written (directory missing, no permission), kFailed
// otherwise.
Status WriteFileAtomically(const std::string& path, std::string_view bytes, mode_t mode = 0600);

// Brings a directory's entries to the disk, so that a file just created in it survives a crash.
Status SyncDirectoryOf(const std::string& path);

// The directory part of a path, "." if it has none; the part after it.
std::string DirectoryOf(const std::string& path);
std::string BaseName(const std::string& path);

}  // namespace socklog

#endif  // SOCKLOG_TRANSPORT_FILE_IO_H_
