// How topics are configured, as far as the broker tells.
#ifndef SOCKLOG_TRANSPORT_KAFKA_TOPIC_CONFIGS_H_
#define SOCKLOG_TRANSPORT_KAFKA_TOPIC_CONFIGS_H_

#include <map>
#include <string>
#include <vector>

#include "transport/kafka/client.h"

namespace socklog {

// By topic. Those are missing whose configuration the user may not see (DescribeConfigs), or all, if there is no answer
// within `patience`.
std::map<std::string, KafkaSettings> AskForTopicConfigs(const std::vector<std::string>& topics, Micros patience,
                                                        KafkaClient* client);

}  // namespace socklog

#endif  // SOCKLOG_TRANSPORT_KAFKA_TOPIC_CONFIGS_H_
