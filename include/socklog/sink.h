// Where lines go: stdout, a file, sockets.
#ifndef SOCKLOG_SINK_H_
#define SOCKLOG_SINK_H_

#include <cstdint>
#include <string_view>

#include "socklog/status.h"

namespace socklog {

// Takes whole lines, in order. Thread-compatible.
class Sink {
 public:
  virtual ~Sink() = default;

  // `lines`: one or more complete lines, each ending in '\n'. May buffer. Blocks while the reader is slow.
  // Errors: kBrokenPipe when the only reader has gone, as readers of stdout may; kFailed (disk full, a peer that closed
  // the connection, ...) naming the place.
  virtual Status Write(std::string_view lines) = 0;

  // Hands everything written so far to the kernel; with `durable`, a file's bytes are on the disk when it returns.
  virtual Status Flush(bool durable) = 0;

  // Bytes that the output holds up to the last Flush; what a snapshot records. 0 where there is no length (sockets,
  // pipes).
  virtual std::uint64_t length() const = 0;
};

}  // namespace socklog

#endif  // SOCKLOG_SINK_H_
