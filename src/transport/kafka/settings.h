// From KafkaOptions to librdkafka's configuration.
#ifndef SOCKLOG_TRANSPORT_KAFKA_SETTINGS_H_
#define SOCKLOG_TRANSPORT_KAFKA_SETTINGS_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/endpoint.h"
#include "socklog/options.h"
#include "socklog/status.h"
#include "transport/kafka/handles.h"

namespace socklog {

// Name to value; what the user gave over what socklog chooses. The values may be secrets.
using KafkaSettings = std::map<std::string, std::string, std::less<>>;

// The user's properties: those of --tls-ca, --tls-cert and --tls-key, over them the file's, over them the flags'.
// Errors (kUsage), naming the place and the mend: a file that cannot be read, or has secrets and can be read by others;
// a property that is unknown (with the nearest known one), has a bad value, or is socklog's own business; one that
// turns verification off without --kafka-insecure.
Result<KafkaSettings> ReadKafkaSettings(const ConnectionOptions& options);

// What is right but unsafe, one sentence each: no encryption to a remote broker, verification that is off.
std::vector<std::string> KafkaWarnings(const Endpoint& endpoint, const KafkaSettings& settings);

// The value of a property in `settings`, or `fallback`.
std::string SettingOf(const KafkaSettings& settings, std::string_view name, std::string_view fallback = "");

// Whether records are encrypted (security.protocol), and the mechanism of a login by SASL.
bool UsesTls(const KafkaSettings& settings);
std::string LoginMechanism(const KafkaSettings& settings);

// What the library says of a configuration, without the newline that it may end with.
std::string_view Chomp(std::string_view text);

// What every consumer of socklog's is set to: it stores no offsets of itself, and sees what is committed alone.
KafkaSettings ConsumerSettings(const std::string& group);

// A configuration of `chosen`, over it `settings`, over both `binding`, and the brokers of `endpoint`, if there are
// any. Errors: as above; a login without what it needs.
Result<KafkaConf> MakeKafkaConf(const Endpoint& endpoint, const KafkaSettings& chosen, const KafkaSettings& settings,
                                const KafkaSettings& binding = {});

}  // namespace socklog

#endif  // SOCKLOG_TRANSPORT_KAFKA_SETTINGS_H_
