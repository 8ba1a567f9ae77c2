#include "pipeline/kafka_check.h"

#include "base/endpoint.h"
#include "transport/transport.h"

namespace socklog {

Status CheckKafkaSettings(const ConnectionOptions& options, const std::vector<std::string>& endpoints,
                          std::vector<std::string>* warnings) {
  std::vector<Endpoint> topics;
  for (const std::string& text : endpoints) {
    const Result<Endpoint> endpoint = ParseEndpoint(text);
    if (endpoint.ok() && endpoint.value().is_topic()) topics.push_back(endpoint.value());
  }
  return CheckKafka(options, topics, warnings);
}

}  // namespace socklog
