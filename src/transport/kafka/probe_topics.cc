#include "base/text.h"
#include "transport/kafka/probe_context.h"
#include "transport/kafka/topic_configs.h"

namespace socklog {
namespace {

using Outcome = ProbeRow::Outcome;
using Use = ProbedTopic::Use;

constexpr int kPause = 50;  // ms between questions that were answered in vain
constexpr Micros kLoginTime = 3 * kSecond;
constexpr Micros kTopicTime = kSecond;
constexpr Micros kConfigTime = 2 * kSecond;

KafkaTask TaskOf(Use use) {
  return use == Use::kRead || use == Use::kGroupState ? KafkaTask::kRead : KafkaTask::kWrite;
}

std::string DescribeLogin(const KafkaSettings& settings) {
  const std::string protocol = LowerCase(SettingOf(settings, "security.protocol", "plaintext"));
  if (protocol.starts_with("sasl")) {
    return "as '" + SettingOf(settings, "sasl.username") + "' by " + LoginMechanism(settings);
  }
  const bool has_certificate = !SettingOf(settings, "ssl.certificate.location").empty() ||
                               !SettingOf(settings, "ssl.certificate.pem").empty() ||
                               !SettingOf(settings, "ssl.keystore.location").empty();
  return protocol == "ssl" && has_certificate ? "by a client certificate, if the broker asks for one"
                                              : "without a name (security.protocol=" + protocol + ")";
}

rd_kafka_resp_err_t Read(const rd_kafka_metadata_t& metadata, FoundTopic* found) {
  if (metadata.topic_cnt == 0) return RD_KAFKA_RESP_ERR__WAIT_CACHE;
  const rd_kafka_metadata_topic_t& topic = metadata.topics[0];
  if (topic.err != RD_KAFKA_RESP_ERR_NO_ERROR) return topic.err;
  found->partitions = topic.partition_cnt;
  int led = -1;
  for (int i = 0; i < topic.partition_cnt; ++i) {
    const rd_kafka_metadata_partition_t& partition = topic.partitions[i];
    if (partition.id == 0) found->replicas = partition.replica_cnt;
    if (partition.leader < 0) ++found->leaderless;
    if (partition.leader >= 0 && led < 0) led = partition.id;
  }
  if (led < 0) return RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE;
  found->led = led;
  found->usable = true;
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

Status FindTopic(const ProbedTopic& topic, KafkaClient* client, const ProbeContext& context, FoundTopic* found) {
  const KafkaTopic handle(rd_kafka_topic_new(client->handle(), topic.endpoint.topic.c_str(), nullptr));
  if (handle == nullptr) return Status::Usage(topic.endpoint.text + ": " + rd_kafka_err2str(rd_kafka_last_error()));
  const Micros until = context.Until(kTopicTime);
  for (;;) {
    *found = FoundTopic();
    const rd_kafka_metadata_t* answer = nullptr;
    rd_kafka_resp_err_t error = rd_kafka_metadata(client->handle(), 0, handle.get(), &answer, context.AnswerTime());
    const KafkaMetadata metadata(answer);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) error = Read(*metadata, found);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return Status();
    const KafkaProblem problem{error, rd_kafka_err2str(error)};
    if (IsHopeless(problem) || context.clock.Monotonic() >= until)
      return client->Explain(problem, context.clock, topic.endpoint.topic, TaskOf(topic.use));
    client->Poll(kPause);
  }
}

std::string DescribeRetention(const KafkaSettings& config) {
  const std::string policy = SettingOf(config, "cleanup.policy");
  std::string text = "cleanup.policy " + policy;
  const std::string retention = SettingOf(config, "retention.ms");
  const std::optional<std::uint64_t> milliseconds = ParseUnsigned(retention);
  if (policy.find("delete") != std::string::npos) {
    text += retention == "-1" || !milliseconds
                ? ", no end of retention"
                : ", retention " + FormatDuration(static_cast<Micros>(*milliseconds) * kMillisecond);
  }
  return text;
}

std::string Describe(const FoundTopic& found, const KafkaSettings* config) {
  std::string text = FormatCount(static_cast<std::uint64_t>(found.partitions), "partition") + ", replication " +
                     std::to_string(found.replicas);
  if (found.replicas == 1) text += " (lost with its broker)";
  if (config == nullptr) return text + "; retention and compaction are not told (needs DescribeConfigs)";
  return text + ", " + DescribeRetention(*config) + ", min.insync.replicas " +
         SettingOf(*config, "min.insync.replicas");
}

std::string SetConfig(const std::string& topic, const std::string& setting) {
  return "kafka-configs.sh --alter --entity-type topics --entity-name " + topic + " --add-config " + setting;
}

// What its cleanup does to lines and states. Errors as those of Judge.
Status JudgePolicy(const ProbedTopic& topic, const std::string& policy) {
  const std::string place = topic.endpoint.text + ": ";
  const bool compacts = policy.find("compact") != std::string::npos;
  if (topic.use == Use::kRead && compacts) {
    return {StatusCode::kUnavailable, place + "is compacted (cleanup.policy=" + policy +
                                          "): of the lines with one key only the last is kept; set it: " +
                                          SetConfig(topic.endpoint.topic, "cleanup.policy=delete")};
  }
  if (topic.use != Use::kGroupState) return Status();
  const std::string mend = SetConfig(topic.endpoint.topic, "cleanup.policy=compact");
  if (!compacts) {
    return Status::Failed(place + "is not compacted (cleanup.policy=" + policy +
                          "): a state would be deleted in the end; set it: " + mend);
  }
  if (policy.find("delete") == std::string::npos) return Status();
  return {StatusCode::kUnavailable, place +
                                        "is compacted, but deletes what is older than retention.ms as well "
                                        "(cleanup.policy=" +
                                        policy + "), also a state; set it: " + mend};
}

// What would go wrong with a topic that is there. Ok: nothing; kFailed and kUsage: it will; kUnavailable: it may.
Status Judge(const ProbedTopic& topic, const FoundTopic& found, const KafkaSettings* config) {
  const std::string place = topic.endpoint.text + ": ";
  if (topic.use == Use::kGroupState) {
    if (Status status = CheckStatePartitions(topic.endpoint, found.partitions); !status.ok()) return status;
  }
  if (found.leaderless > 0) {
    return {StatusCode::kUnavailable, place + std::to_string(found.leaderless) + " of " +
                                          FormatCount(static_cast<std::uint64_t>(found.partitions), "partition") +
                                          " have no leader: their brokers are away"};
  }
  if (config == nullptr) return Status();
  const std::optional<std::uint64_t> in_sync = ParseUnsigned(SettingOf(*config, "min.insync.replicas"));
  if (topic.use != Use::kRead && in_sync && static_cast<int>(*in_sync) > found.replicas) {
    return Status::Failed(place + "min.insync.replicas is " + std::to_string(*in_sync) + ", with only " +
                          FormatCount(static_cast<std::uint64_t>(found.replicas), "replica") +
                          ": nothing can be written; lower it (" +
                          SetConfig(topic.endpoint.topic, "min.insync.replicas=" + std::to_string(found.replicas)) +
                          "), or give it more replicas");
  }
  return JudgePolicy(topic, SettingOf(*config, "cleanup.policy"));
}

}  // namespace

Status ProbeLogin(KafkaClient* client, ProbeContext* context) {
  const Micros until = context->Until(kLoginTime);
  for (;;) {
    const rd_kafka_metadata_t* answer = nullptr;
    const rd_kafka_resp_err_t error =
        rd_kafka_metadata(client->handle(), 0, client->topic(), &answer, context->AnswerTime());
    const KafkaMetadata metadata(answer);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) break;
    client->Poll(kPause);
    // It was connected to, so who says nothing more is silent.
    const KafkaProblem silence{RD_KAFKA_RESP_ERR__TIMED_OUT, "it takes the connection and does not answer"};
    const KafkaProblem problem = client->problem().value_or(silence);
    if (IsHopeless(problem) || context->clock.Monotonic() >= until) return client->Explain(problem, context->clock);
  }
  client->ForgetProblems();
  context->AddOfBrokers(0, "login", Outcome::kOk, DescribeLogin(context->settings));
  return Status();
}

std::vector<FoundTopic> ProbeTopics(KafkaClient* client, ProbeContext* context) {
  const std::vector<ProbedTopic>& topics = context->topics;
  std::vector<FoundTopic> found(topics.size());
  std::vector<Status> statuses(topics.size());
  std::vector<std::string> there;
  bool away = false;
  for (std::size_t i = 0; i < topics.size() && !away; ++i) {
    statuses[i] = FindTopic(topics[i], client, *context, &found[i]);
    away = statuses[i].code() == StatusCode::kUnavailable;
    if (found[i].usable) there.push_back(topics[i].endpoint.topic);
  }
  const std::map<std::string, KafkaSettings> configs =
      away ? std::map<std::string, KafkaSettings>() : AskForTopicConfigs(there, context->Patience(kConfigTime), client);
  for (std::size_t i = 0; i < topics.size(); ++i) {
    if (const char* const why = context->Obstacle(true, "")) {
      context->Add(i, "topic", Outcome::kNotTried, why);
      found[i].usable = false;
      continue;
    }
    const auto config = configs.find(topics[i].endpoint.topic);
    const KafkaSettings* const known = config == configs.end() ? nullptr : &config->second;
    if (statuses[i].ok()) statuses[i] = Judge(topics[i], found[i], known);
    if (!statuses[i].ok() && statuses[i].code() != StatusCode::kUnavailable) found[i].usable = false;
    if (found[i].usable && statuses[i].code() == StatusCode::kUnavailable) {
      context->Add(i, "topic", Outcome::kWarning, statuses[i].message());
    } else {
      context->Add(i, "topic", statuses[i], Describe(found[i], known));
    }
  }
  client->ForgetProblems();
  return found;
}

}  // namespace socklog
