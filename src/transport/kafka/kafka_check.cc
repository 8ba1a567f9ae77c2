#include "transport/kafka/consumer.h"
#include "transport/kafka/produce.h"
#include "transport/kafka/transaction.h"
#include "transport/kafka_probe.h"

namespace socklog {
namespace {

// Properties may be right one by one and not together, which the library tells whoever makes an instance. Without
// brokers it connects to nothing.
Status TryToMake(const ProbedTopic& topic, const ConnectionOptions& options) {
  const std::string& group = options.kafka.group;
  KafkaClient::Options client{topic.endpoint, options, RD_KAFKA_PRODUCER, {}, [](const rd_kafka_message_t&) {}};
  client.endpoint.brokers.clear();
  client.warns = false;
  switch (topic.use) {
    case ProbedTopic::Use::kRead:
      client.type = RD_KAFKA_CONSUMER;
      client.chosen = KafkaConsumer::Settings(group);
      break;
    case ProbedTopic::Use::kWrite:
      client.chosen = ProducerSettings();
      break;
    case ProbedTopic::Use::kGroupWrite:
    case ProbedTopic::Use::kGroupState:
      client.chosen = KafkaTransactions::Settings(group);
      break;
  }
  const Result<std::unique_ptr<KafkaClient>> made = KafkaClient::New(std::move(client));
  return made.ok() ? Status() : made.status();
}

}  // namespace

Status CheckKafka(const ConnectionOptions& options, const std::vector<ProbedTopic>& topics,
                  std::vector<std::string>* warnings) {
  const Result<KafkaSettings> settings = ReadKafkaSettings(options);
  if (!settings.ok()) return settings.status();
  for (const ProbedTopic& topic : topics) {
    if (Status status = TryToMake(topic, options); !status.ok()) return status;
    for (std::string& warning : KafkaWarnings(topic.endpoint, settings.value()))
      warnings->push_back(std::move(warning));
  }
  return Status();
}

}  // namespace socklog
