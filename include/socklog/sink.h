// Where lines go: stdout, a file, sockets, Kafka.
#ifndef SOCKLOG_SINK_H_
#define SOCKLOG_SINK_H_

#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include "socklog/status.h"
#include "socklog/time.h"

namespace socklog {

// A line with what a message broker keeps beside it. Views live through the call.
struct OutputRecord {
  std::string_view line;      // with its newline
  std::string_view key = {};  // records of one key stay in order; empty: none
  Micros time = kNoTime;      // of the record; kNoTime: now
  std::span<const std::pair<std::string_view, std::string_view>> headers = {};
};

// Takes whole lines, in order. Thread-compatible.
class Sink {
 public:
  virtual ~Sink() = default;

  // `lines`: one or more complete lines, each ending in '\n'. May buffer. Blocks while the reader is slow.
  // Errors: kBrokenPipe when the only reader has gone, as readers of stdout may; kFailed (disk full, a peer that closed
  // the connection, ...) naming the place.
  virtual Status Write(std::string_view lines) = 0;

  // Whether the sink has a use for what is beside the line in WriteRecord; if not, whole buffers are better.
  virtual bool takes_records() const { return false; }
  // One line. Errors: as Write.
  virtual Status WriteRecord(const OutputRecord& record) { return Write(record.line); }

  // Hands everything written so far to the kernel; with `durable`, a file's bytes are on the disk when it returns, and
  // a broker has confirmed its records.
  virtual Status Flush(bool durable) = 0;

  // The last call: what is on its way arrives, or the status says what did not. After it nothing is written.
  virtual Status Finish() { return Flush(false); }

  // Bytes that the output holds up to the last Flush; what a snapshot records. 0 where there is no length (sockets,
  // pipes).
  virtual std::uint64_t length() const = 0;
};

}  // namespace socklog

#endif  // SOCKLOG_SINK_H_
