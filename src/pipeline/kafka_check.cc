#include "pipeline/kafka_check.h"

#include "base/endpoint.h"
#include "pipeline/endpoint_probe.h"

namespace socklog {

Status CheckKafkaSettings(const ConnectionOptions& options, const std::vector<EndpointUse>& uses,
                          std::vector<std::string>* warnings) {
  std::vector<ProbedTopic> topics;
  for (const EndpointUse& use : uses) {
    const Result<Endpoint> endpoint = ParseEndpoint(use.text);
    if (endpoint.ok() && endpoint.value().is_topic()) topics.push_back({endpoint.value(), TopicUse(use.role)});
  }
  return CheckKafka(options, topics, warnings);
}

}  // namespace socklog
