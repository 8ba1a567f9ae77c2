// Where lines come from: stdin, files, sockets, Kafka. One Source serves all partitions of a run.
#ifndef SOCKLOG_SOURCE_H_
#define SOCKLOG_SOURCE_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "socklog/log_entry.h"
#include "socklog/status.h"
#include "socklog/time.h"

namespace socklog {

enum class Progress {
  kMore,  // the block holds lines
  kIdle,  // the partition was read to its present end; the block is empty
  kEnd,   // the partition has ended for good; the block is empty
};

// Hands out complete lines, one partition at a time; the caller decides which partition is read next, and so how far
// one gets ahead of another. A partition that is not read exerts back-pressure on its writer.
//
// Thread-safe: calls of several threads come one after the other, and Wait is one of them. Only the thread that calls
// Wait calls Forget. Stop never waits for another call.
class Source {
 public:
  virtual ~Source() = default;

  // Partitions so far; grows when a client connects, never shrinks. Ids are 0 .. partition_count()-1.
  virtual std::size_t partition_count() const = 0;
  // What messages call the partition ("access.log", "tcp client 127.0.0.1:40312"). Valid until Forget.
  virtual const std::string& partition_name(PartitionId id) const = 0;
  // Whether silence may be declared after --idle-timeout (a followed file, a socket), as opposed to stdin and plain
  // files.
  virtual bool can_idle(PartitionId id) const = 0;

  // Replaces *block by the next lines of partition `id`: some 256 KiB or what is there now. Never blocks for data.
  // After kEnd it is not called again for that id. An error ends the run.
  virtual Result<Progress> Read(PartitionId id, Block* block) = 0;

  // The caller is done with a partition that has ended and will not speak of it again.
  virtual void Forget(PartitionId id) = 0;

  // Blocks until a partition may have lines, a new one appeared, Stop was called, or `timeout` has passed (< 0: for
  // ever). Looks only at partitions whose last Read said kIdle, and reports each once: read all that you want lines of
  // before the next Wait. So one that you hold back does not keep you awake.
  virtual Status Wait(Micros timeout) = 0;

  // True when no further partition can appear (all inputs are named, or listening was ended).
  virtual bool complete() const = 0;

  // Text from which a later run finds `position` again (see the Source's factory). Printable, no newline.
  virtual std::string EncodePosition(PartitionId id, Position position) const = 0;

  // Records that were to be read and were gone already (Kafka's retention). May be asked at any time.
  virtual std::uint64_t lost_records() const { return 0; }

  // Records that are there and were not read (Kafka), all partitions together. Asks for them, for a second or so at the
  // most; who did not answer is taken to have what it had when it was last heard of. Tells each partition's, for -v.
  virtual std::uint64_t AskLag() { return 0; }

  // Makes Wait return and Read report what is complete, then kIdle. Async-signal-safe.
  virtual void Stop() noexcept = 0;
};

}  // namespace socklog

#endif  // SOCKLOG_SOURCE_H_
