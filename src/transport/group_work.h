// The work of a consumer group of Kafka: what is written, how far was read and the state, in one transaction.
#ifndef SOCKLOG_TRANSPORT_GROUP_WORK_H_
#define SOCKLOG_TRANSPORT_GROUP_WORK_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/endpoint.h"
#include "socklog/options.h"
#include "socklog/sink.h"
#include "socklog/status.h"
#include "socklog/time.h"

namespace socklog {

// Held by one instance of a group at a time. Thread-compatible.
class GroupWork {
 public:
  virtual ~GroupWork() = default;

  // As the last Commit of this or an earlier instance left it, when the work began; nullopt: there was none. Error
  // (kDataLoss): it is damaged, or of another version; the next Commit replaces it.
  virtual const Result<std::optional<std::string>>& state() const = 0;

  // A topic of the same brokers. What is written to it waits for the next Commit. The sink borrows from this object.
  // Errors: as OpenSink.
  virtual Result<std::unique_ptr<Sink>> OpenSink(const Endpoint& topic) = 0;
  // Bytes that wait.
  virtual std::size_t held_bytes() const = 0;

  // All of it arrives, or nothing: what was written to the sinks since the last time, `state`, and where reading goes
  // on: `positions` as Source::EncodePosition gave them, of which those of topics become the group's offsets, with
  // `note`, a few words, beside each. Nothing is done where nothing has changed. After an error there is no other.
  // Errors: another instance took over, a record is refused, the broker was away for too long (kFailed); the broker
  // ended the transaction, and who opens the work anew can go on (kAborted).
  virtual Status Commit(std::string_view state, const std::vector<std::string>& positions, const std::string& note) = 0;

  // How often something was committed by this instance.
  virtual int commits() const = 0;

  // Whether this instance still works. Errors: as Commit.
  virtual Status Check() const = 0;
};

// Takes the work of the group that `options` names, with --standby once nobody else does it: ends what an earlier
// instance left open, and keeps that one from writing. `state_topic`: of one partition, compacted. `clock` is borrowed.
// Errors: another instance works (kFailed); a topic that is no place for a state (kUsage); StopSinks (kBrokenPipe);
// those of OpenSink.
Result<std::unique_ptr<GroupWork>> OpenGroupWork(const Endpoint& state_topic, const ConnectionOptions& options,
                                                 const Clock& clock);

}  // namespace socklog

#endif  // SOCKLOG_TRANSPORT_GROUP_WORK_H_
