#include "transport/kafka/probe_context.h"

namespace socklog {
namespace {

using Outcome = ProbeRow::Outcome;
using Use = ProbedTopic::Use;

constexpr int kPollTime = 100;  // ms
constexpr Micros kReadTime = 3 * kSecond;
constexpr Micros kGroupTime = 3 * kSecond;

// From the end of a partition: that tells as much as a record, and is there in an empty one, too.
Status ReadOnce(const ProbedTopic& topic, int partition, KafkaClient* client, const ProbeContext& context) {
  const KafkaOffsets list(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(list.get(), topic.endpoint.topic.c_str(), partition)->offset = RD_KAFKA_OFFSET_END;
  client->ForgetProblems();
  if (const rd_kafka_resp_err_t error = rd_kafka_assign(client->handle(), list.get()); error != 0)
    return client->Explain(client->ProblemOf(error), context.clock, topic.endpoint.topic, KafkaTask::kRead);
  const Micros until = context.Until(kReadTime);
  for (;;) {
    const KafkaMessage message(rd_kafka_consumer_poll(client->handle(), kPollTime));
    if (message != nullptr) {
      if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR || message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF)
        return Status();
      client->AddProblem(client->ProblemOf(*message));
    }
    const std::optional<KafkaProblem> problem = client->problem();
    const bool in_vain = context.clock.Monotonic() >= until;
    if ((problem && IsHopeless(*problem)) || in_vain) {
      return client->Explain(
          problem.value_or(KafkaProblem{RD_KAFKA_RESP_ERR__TIMED_OUT, "no answer from the partition's leader"}),
          context.clock, topic.endpoint.topic, KafkaTask::kRead);
    }
  }
}

}  // namespace

void ProbeReading(std::vector<FoundTopic>* found, KafkaClient* client, ProbeContext* context) {
  for (std::size_t i = 0; i < found->size(); ++i) {
    const ProbedTopic& topic = context->topics[i];
    FoundTopic& there = (*found)[i];
    if (topic.use != Use::kRead && topic.use != Use::kGroupState) continue;
    if (const char* const why = context->Obstacle(there.usable, kNoTopic)) {
      context->Add(i, "read", Outcome::kNotTried, why);
      continue;
    }
    const Status status = ReadOnce(topic, there.led, client, *context);
    there.readable = status.ok();
    context->Add(i, "read", status, "allowed");
  }
  rd_kafka_assign(client->handle(), nullptr);
  client->ForgetProblems();
}

Status ProbeStoredOffsets(std::size_t topic, KafkaClient* client, ProbeContext* context) {
  const std::string& name = context->topics[topic].endpoint.topic;
  const KafkaOffsets list(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(list.get(), name.c_str(), 0);
  client->RequireGroup();
  const Micros until = context->Until(kGroupTime);
  for (;;) {
    rd_kafka_resp_err_t error = rd_kafka_committed(client->handle(), list.get(), context->AnswerTime());
    client->Poll(0);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) error = list->elems[0].err;
    const KafkaProblem problem = client->problem().value_or(client->ProblemOf(error));
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR && !IsHopeless(problem)) return Status();
    if (IsHopeless(problem) || context->clock.Monotonic() >= until)
      return client->Explain(problem, context->clock, name, KafkaTask::kRead);
  }
}

}  // namespace socklog
