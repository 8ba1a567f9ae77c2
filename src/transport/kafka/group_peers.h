// Who else works for a consumer group.
#ifndef SOCKLOG_TRANSPORT_KAFKA_GROUP_PEERS_H_
#define SOCKLOG_TRANSPORT_KAFKA_GROUP_PEERS_H_

#include <string>

#include "transport/fd.h"
#include "transport/kafka/client.h"

namespace socklog {

// A lock of this machine on a group of the cluster that `client` has reached, however its brokers were spelled. It
// lasts as long as the descriptor is open, or the process lives. Error (kFailed): another process has it.
Result<UniqueFd> LockGroup(const KafkaClient& client, const std::string& group);

// Whether an address, as a broker writes that of a member ("/192.0.2.1"), is one of this machine's.
bool IsOfThisMachine(const std::string& host);

// The error (kFailed) that the work is another instance's; `who`: how that is known, or where it is.
Status TakenError(const Endpoint& endpoint, const std::string& group, const std::string& who);

// Ok once no other instance is a member of the group; one that died is for as long as the broker has not noticed.
// Errors: another works (kFailed); no permission for the group, no answer; StopSinks (kBrokenPipe).
Status WaitForNoPeers(KafkaClient* client, const ConnectionOptions& options, const Clock& clock);

}  // namespace socklog

#endif  // SOCKLOG_TRANSPORT_KAFKA_GROUP_PEERS_H_
