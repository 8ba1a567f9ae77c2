// How an instance joins the group that it works for, and what it is called there.
#ifndef SOCKLOG_TRANSPORT_KAFKA_MEMBER_SETTINGS_H_
#define SOCKLOG_TRANSPORT_KAFKA_MEMBER_SETTINGS_H_

#include <string>
#include <string_view>

#include "socklog/time.h"
#include "transport/kafka/settings.h"

namespace socklog {

struct MemberSettings {
  KafkaSettings chosen;   // the user's go before
  KafkaSettings binding;  // go before the user's: what decides who works, and that no state is missed
};

// `user`: as ReadKafkaSettings has them.
MemberSettings SettingsOfMember(const KafkaOptions& options, const KafkaSettings& user, const Clock& clock);

// What this machine's instance is called in a group: the same after a restart, and no other machine's, unless the user
// gave the name.
std::string GroupInstanceId(const KafkaSettings& user);
// Of a host and what its /etc/machine-id holds, as the brokers take it.
std::string GroupInstanceIdOf(std::string_view host, std::string_view machine_id);

// After which the broker takes a member that is silent for dead.
Micros SessionTimeout(const KafkaSettings& user);

}  // namespace socklog

#endif  // SOCKLOG_TRANSPORT_KAFKA_MEMBER_SETTINGS_H_
