#include <map>

#include "transport/kafka/probe_context.h"
#include "transport/kafka/produce.h"

namespace socklog {
namespace {

using Outcome = ProbeRow::Outcome;
using Use = ProbedTopic::Use;

constexpr Micros kAnswerTime = 2 * kSecond;

Status NoPermission(const ProbedTopic& topic, const KafkaClient& client, const Clock& clock) {
  return client.Explain({RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, ""}, clock, topic.endpoint.topic,
                        KafkaTask::kWrite);
}

#if RD_KAFKA_VERSION >= 0x02030000

using TopicCollection = std::unique_ptr<rd_kafka_TopicCollection_t, KafkaDestroy<rd_kafka_TopicCollection_destroy>>;

// nullopt: the broker does not tell.
std::optional<bool> MayWrite(const rd_kafka_TopicDescription_t* topic) {
  std::size_t count = 0;
  const rd_kafka_AclOperation_t* const allowed = rd_kafka_TopicDescription_authorized_operations(topic, &count);
  if (allowed == nullptr) return std::nullopt;
  return std::any_of(allowed, allowed + count, [](rd_kafka_AclOperation_t operation) {
    return operation == RD_KAFKA_ACL_OPERATION_WRITE || operation == RD_KAFKA_ACL_OPERATION_ALL;
  });
}

// By topic, whether it may be written. Those are missing of which the broker does not tell.
std::map<std::string, bool> AskForPermissions(const std::vector<std::string>& topics, Micros patience,
                                              KafkaClient* client) {
  std::vector<const char*> names;
  for (const std::string& topic : topics) names.push_back(topic.c_str());
  const TopicCollection collection(rd_kafka_TopicCollection_of_topic_names(names.data(), names.size()));
  const KafkaAdminOptions options(rd_kafka_AdminOptions_new(client->handle(), RD_KAFKA_ADMIN_OP_DESCRIBETOPICS));
  const int milliseconds = static_cast<int>(patience / kMillisecond);
  rd_kafka_AdminOptions_set_request_timeout(options.get(), milliseconds, nullptr, 0);
  const KafkaError refused(rd_kafka_AdminOptions_set_include_authorized_operations(options.get(), 1));
  const KafkaQueue queue(rd_kafka_queue_new(client->handle()));
  rd_kafka_DescribeTopics(client->handle(), collection.get(), options.get(), queue.get());
  const KafkaEvent event(rd_kafka_queue_poll(queue.get(), milliseconds));
  std::map<std::string, bool> permissions;
  if (event == nullptr || rd_kafka_event_error(event.get()) != RD_KAFKA_RESP_ERR_NO_ERROR) return permissions;
  std::size_t count = 0;
  const rd_kafka_TopicDescription_t** found =
      rd_kafka_DescribeTopics_result_topics(rd_kafka_event_DescribeTopics_result(event.get()), &count);
  for (std::size_t i = 0; i < count; ++i) {
    if (rd_kafka_error_code(rd_kafka_TopicDescription_error(found[i])) != RD_KAFKA_RESP_ERR_NO_ERROR) continue;
    if (const std::optional<bool> may = MayWrite(found[i]); may)
      permissions[rd_kafka_TopicDescription_name(found[i])] = *may;
  }
  return permissions;
}

constexpr char kNotTold[] = "the broker does not tell";

#else

// Who may write to no topic at all may not number records either, and is told so.
std::map<std::string, bool> AskForPermissions(const std::vector<std::string>& topics, Micros patience,
                                              KafkaClient* client) {
  const rd_kafka_metadata_t* answer = nullptr;
  rd_kafka_metadata(client->handle(), 0, client->topic(), &answer, static_cast<int>(patience / kMillisecond));
  const KafkaMetadata metadata(answer);
  constexpr int kTries = 10;
  constexpr int kTryTime = 100;  // ms
  std::map<std::string, bool> permissions;
  for (int i = 0; i < kTries && permissions.empty(); ++i) {
    client->Poll(kTryTime);
    const std::optional<KafkaProblem> problem = client->problem();
    if (!problem || problem->code != RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED) continue;
    for (const std::string& topic : topics) permissions[topic] = false;
  }
  return permissions;
}

constexpr char kNotTold[] = "only librdkafka 2.3 or later can ask whether it is allowed";

#endif

}  // namespace

void ProbeWriting(const std::vector<FoundTopic>& found, ProbeContext* context) {
  std::vector<std::size_t> written;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (context->topics[i].use != Use::kWrite) continue;
    if (const char* const why = context->Obstacle(found[i].usable, kNoTopic)) {
      context->Add(i, "write", Outcome::kNotTried, why);
      continue;
    }
    written.push_back(i);
    names.push_back(context->topics[i].endpoint.topic);
  }
  if (written.empty()) return;
  KafkaClient::Options options{context->topics[written.front()].endpoint, context->options, RD_KAFKA_PRODUCER,
                               ProducerSettings(), [](const rd_kafka_message_t&) {}};
  options.warns = false;
  const Result<std::unique_ptr<KafkaClient>> client = KafkaClient::New(std::move(options));
  if (!client.ok()) return context->Add(written.front(), "write", client.status(), "");
  const std::map<std::string, bool> permissions =
      AskForPermissions(names, context->Patience(kAnswerTime), client.value().get());
  for (const std::size_t i : written) {
    const auto permission = permissions.find(context->topics[i].endpoint.topic);
    if (permission == permissions.end()) {
      context->Add(i, "write", Outcome::kNotTried, kNotTold);
    } else {
      context->Add(i, "write",
                   permission->second ? Status() : NoPermission(context->topics[i], *client.value(), context->clock),
                   "allowed");
    }
  }
}

}  // namespace socklog
