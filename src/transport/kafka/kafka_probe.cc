#include "transport/kafka/probe_context.h"
#include "transport/kafka/start.h"

namespace socklog {
namespace {

constexpr char kWithoutGroup[] = "socklog-probe";

KafkaSettings ReaderSettings(const std::string& group) {
  // Without a group nothing can be assigned; it is not joined.
  KafkaSettings settings = ConsumerSettings(group.empty() ? kWithoutGroup : group);
  settings["auto.offset.reset"] = "latest";
  settings["reconnect.backoff.max.ms"] = "1000";
  return settings;
}

// The first input that begins at what its group stored. topics.size(): none does.
std::size_t TopicOfGroup(const ProbeContext& context) {
  const auto& topics = context.topics;
  if (context.options.kafka.group.empty() || !UsesGroup(context.options.kafka)) return topics.size();
  const auto is_read = [](const ProbedTopic& topic) { return topic.use == ProbedTopic::Use::kRead; };
  return static_cast<std::size_t>(std::find_if(topics.begin(), topics.end(), is_read) - topics.begin());
}

void ProbeTask(KafkaClient* client, ProbeContext* context) {
  std::vector<FoundTopic> found = ProbeTopics(client, context);
  ProbeReading(&found, client, context);
  Status offsets;
  if (const std::size_t topic = TopicOfGroup(*context);
      topic < context->topics.size() && found[topic].usable && !context->away) {
    offsets = ProbeStoredOffsets(topic, client, context);
    if (!offsets.ok() || !context->has_transactions()) {
      context->AddOfBrokers(topic, "group", offsets,
                            "the stored offsets of '" + context->options.kafka.group + "' can be asked for");
    }
  }
  ProbeTransactions(found, offsets, context);
  ProbeWriting(found, context);
}

}  // namespace

std::vector<ProbeRow> ProbeKafka(const std::vector<ProbedTopic>& topics, const ConnectionOptions& options, Micros end,
                                 const Clock& clock) {
  Result<KafkaSettings> settings = ReadKafkaSettings(options);
  const ProbedTopic& first = topics.front();
  if (!settings.ok())
    return {{0, "login", first.endpoint.text, ProbeRow::Outcome::kFailed, settings.status().message()}};
  ProbeContext context{topics, options, std::move(*settings), end, clock};
  if (ProbeBrokers(&context)) {
    KafkaClient::Options client_options{
        first.endpoint, options, RD_KAFKA_CONSUMER, ReaderSettings(options.kafka.group), {}};
    client_options.warns = false;
    const Result<std::unique_ptr<KafkaClient>> client = KafkaClient::New(std::move(client_options));
    const Status status = client.ok() ? ProbeLogin(client.value().get(), &context) : client.status();
    if (status.ok()) {
      ProbeTask(client.value().get(), &context);
      return std::move(context.rows);
    }
    context.AddOfBrokers(0, "login", status, "");
  } else {
    context.AddOfBrokers(0, "login", ProbeRow::Outcome::kNotTried, "no broker can be used");
  }
  for (std::size_t i = 0; i < topics.size(); ++i)
    context.Add(i, "topic", ProbeRow::Outcome::kNotTried, "no broker can be used");
  return std::move(context.rows);
}

}  // namespace socklog
