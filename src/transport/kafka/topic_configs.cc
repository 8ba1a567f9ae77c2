#include "transport/kafka/topic_configs.h"

#include <algorithm>

namespace socklog {
namespace {

KafkaSettings ConfigOf(const rd_kafka_ConfigResource_t* resource) {
  KafkaSettings config;
  std::size_t count = 0;
  const rd_kafka_ConfigEntry_t** entries = rd_kafka_ConfigResource_configs(resource, &count);
  for (std::size_t i = 0; i < count; ++i) {
    const char* const value = rd_kafka_ConfigEntry_value(entries[i]);
    if (value != nullptr) config[rd_kafka_ConfigEntry_name(entries[i])] = value;
  }
  return config;
}

}  // namespace

std::map<std::string, KafkaSettings> AskForTopicConfigs(const std::vector<std::string>& topics, Micros patience,
                                                        KafkaClient* client) {
  std::map<std::string, KafkaSettings> configs;
  if (topics.empty()) return configs;
  std::vector<rd_kafka_ConfigResource_t*> resources;
  resources.reserve(topics.size());
  for (const std::string& topic : topics)
    resources.push_back(rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str()));
  const KafkaAdminOptions options(rd_kafka_AdminOptions_new(client->handle(), RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS));
  const int milliseconds = static_cast<int>(std::max(patience / kMillisecond, Micros{1}));
  rd_kafka_AdminOptions_set_request_timeout(options.get(), milliseconds, nullptr, 0);
  const KafkaQueue queue(rd_kafka_queue_new(client->handle()));
  rd_kafka_DescribeConfigs(client->handle(), resources.data(), resources.size(), options.get(), queue.get());
  rd_kafka_ConfigResource_destroy_array(resources.data(), resources.size());
  const KafkaEvent event(rd_kafka_queue_poll(queue.get(), milliseconds));
  if (event == nullptr || rd_kafka_event_error(event.get()) != RD_KAFKA_RESP_ERR_NO_ERROR) return configs;
  std::size_t count = 0;
  const rd_kafka_ConfigResource_t** found =
      rd_kafka_DescribeConfigs_result_resources(rd_kafka_event_DescribeConfigs_result(event.get()), &count);
  for (std::size_t i = 0; i < count; ++i) {
    if (rd_kafka_ConfigResource_error(found[i]) == RD_KAFKA_RESP_ERR_NO_ERROR)
      configs[rd_kafka_ConfigResource_name(found[i])] = ConfigOf(found[i]);
  }
  return configs;
}

}  // namespace socklog
