// Whether Kafka could be used for a task: what it takes, tried one after the other.
#ifndef SOCKLOG_TRANSPORT_KAFKA_PROBE_H_
#define SOCKLOG_TRANSPORT_KAFKA_PROBE_H_

#include <string>
#include <vector>

#include "base/endpoint.h"
#include "socklog/options.h"
#include "socklog/probe_row.h"
#include "socklog/status.h"
#include "socklog/time.h"

namespace socklog {

struct ProbedTopic {
  enum class Use { kRead, kWrite, kGroupWrite, kGroupState };  // of the last two: in the transactions of a group
  Endpoint endpoint;
  Use use = Use::kRead;
};

// Whether a job could use librdkafka's properties as the options have them, for these topics: what it would say
// (kUsage), without connecting. *warnings: what is right but unsafe.
Status CheckKafka(const ConnectionOptions& options, const std::vector<ProbedTopic>& topics,
                  std::vector<std::string>* warnings);

// All topics are of the same brokers. The checks are, in this order: address, connection, tls, login; of each topic:
// topic, then read, write; of a group: group, transaction. After a check that the others depend on has failed they are
// not tried; each fault is one row. What is written is a tombstone for each topic of the group's transactions, and is
// aborted: only readers of what is not committed see it. A group that works is not disturbed. Ends at `end`, of
// clock.Monotonic(), or soon after, unless the system takes longer to look a name up. REQUIRES: topics is not empty
std::vector<ProbeRow> ProbeKafka(const std::vector<ProbedTopic>& topics, const ConnectionOptions& options, Micros end,
                                 const Clock& clock);

}  // namespace socklog

#endif  // SOCKLOG_TRANSPORT_KAFKA_PROBE_H_
