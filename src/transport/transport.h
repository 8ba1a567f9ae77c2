// Opens what endpoints name. The only module that knows files, sockets, TLS, compression and Kafka.
#ifndef SOCKLOG_TRANSPORT_TRANSPORT_H_
#define SOCKLOG_TRANSPORT_TRANSPORT_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/endpoint.h"
#include "socklog/options.h"
#include "socklog/sink.h"
#include "socklog/source.h"
#include "socklog/status.h"

namespace socklog {

// Where a source goes on: by partition, what EncodePosition gave. Key: the position text's own identity part is enough
// to find the file again after rotation or compression; the name only helps to tell equal files apart.
struct ResumePoint {
  std::string partition_name;
  std::string position;
};

struct SourceOptions {
  ConnectionOptions connection;
  bool follow = false;
  bool until_end = false;
  // A file's last line without newline is not handed out: a later run will find it complete.
  bool leave_partial_line = false;
  // Threads that may decode compressed files ahead of their reader.
  std::size_t decoder_threads = 0;
  std::vector<ResumePoint> resume;
  // Of a group whose state is to be there, and is not: reading goes on at offsets that a run with a state has stored,
  // if there are any, and there is a warning; only else where --offset says.
  bool misses_state = false;
};

// Opens all inputs; partitions are numbered in the order given. For a partition found in `resume`, reading starts
// there. On return *resumed[i] tells, by index into options.resume, which partition it became (kNotResumed: none, or
// the file has other contents now and is read from its beginning). Errors (kUsage): directory, no permission, no such
// file, no certificate, port in use. Connecting retries up to connect_timeout: kUnavailable.
inline constexpr PartitionId kNotResumed = static_cast<PartitionId>(-1);
Result<std::unique_ptr<Source>> OpenSource(const std::vector<Endpoint>& inputs, const SourceOptions& options,
                                           const Clock& clock, std::vector<PartitionId>* resumed);

struct SinkOptions {
  ConnectionOptions connection;
  // Files: without it an existing file is replaced. With it the file is kept up to this length; what lies beyond was
  // written by a run that died: a last line without newline is cut off, and a line written again that is already there
  // is not appended again.
  std::optional<std::uint64_t> resume_length;
  // A listening sink waits in OpenSink for its first client; each client gets what is written from when it joined.
  bool wait_for_client = true;
  // A topic: a record that is larger than it takes is dropped with a warning, instead of being an error.
  bool may_drop = false;
};

// Errors (kUsage, kFailed, kUnavailable): as OpenSource.
Result<std::unique_ptr<Sink>> OpenSink(const Endpoint& endpoint, const SinkOptions& options, const Clock& clock);

// Whether the path stands for a descriptor that is open already (/dev/stdout, /dev/fd/3): such a file is written to,
// not replaced.
bool NamesDescriptor(const std::string& path);

// Makes blocking calls of sinks (a listening one that waits for its first client, a slow reader) return soon.
// Async-signal-safe; for the whole process.
void StopSinks() noexcept;

}  // namespace socklog

#endif  // SOCKLOG_TRANSPORT_TRANSPORT_H_
