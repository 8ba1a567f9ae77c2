// Who else works for a consumer group.
#ifndef SOCKLOG_TRANSPORT_KAFKA_GROUP_PEERS_H_
#define SOCKLOG_TRANSPORT_KAFKA_GROUP_PEERS_H_

#include <string>

#include "transport/fd.h"
#include "transport/kafka/client.h"

namespace socklog {

// What this machine's instance is called in a group: it is the same after a restart, and no other machine's.
std::string GroupInstanceId(const ConnectionOptions& options);

// What an instance that may stand by is called: who began earlier comes first, and with it who has the work.
std::string StandbyClientId(const Clock& clock);

// A lock of this machine on the group, which lasts as long as the descriptor is open, or the process lives. Error
// (kFailed): another process has it.
Result<UniqueFd> LockGroup(const Endpoint& endpoint, const std::string& group);

// Ok once no other instance is a member of the group; one that died is for as long as the broker has not noticed.
// Errors: another works (kFailed); no permission for the group, no answer.
Status WaitForNoPeers(KafkaClient* client, const ConnectionOptions& options, const Clock& clock);

}  // namespace socklog

#endif  // SOCKLOG_TRANSPORT_KAFKA_GROUP_PEERS_H_
