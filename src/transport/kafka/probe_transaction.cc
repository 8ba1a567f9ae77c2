#include "transport/kafka/probe_context.h"
#include "transport/kafka/produce.h"

namespace socklog {
namespace {

using Outcome = ProbeRow::Outcome;
using Use = ProbedTopic::Use;

constexpr int kPause = 50;  // ms between calls in vain
constexpr Micros kBeginTime = 4 * kSecond;
constexpr Micros kStepTime = 3 * kSecond;
constexpr char kKey[] = "socklog-probe";

KafkaSettings TrialSettings(const std::string& group) {
  KafkaSettings settings = ProducerSettings();
  settings["transactional.id"] = ProbeTransactionalId(group);
  return settings;
}

// Should the probe be killed, what it left open is ended soon, whatever the user has set for the work.
KafkaSettings TrialTimes() {
  return {{"transaction.timeout.ms", "10000"}, {"message.timeout.ms", "10000"}, {"linger.ms", "0"}};
}

// A producer with the transactional id. What a library does after a refusal differs from version to version: the next
// trial has one of its own.
class Trial {
 public:
  explicit Trial(const ProbeContext& context) : context_(context) {}

  // Takes the id. Error: why it cannot be had.
  Status Begin() {
    const ProbedTopic& state = context_.topics[context_.state_topic()];
    KafkaClient::Options options{state.endpoint, context_.options, RD_KAFKA_PRODUCER,
                                 TrialSettings(context_.options.kafka.group),
                                 [this](const rd_kafka_message_t& message) { delivered_ = message.err; }};
    options.binding = TrialTimes();
    options.warns = false;
    Result<std::unique_ptr<KafkaClient>> client = KafkaClient::New(std::move(options));
    if (!client.ok()) return client.status();
    client_ = std::move(*client);
    broken_ = false;
    client_->RequireGroup();
    return Insist(kBeginTime, [this] { return rd_kafka_init_transactions(client_->handle(), context_.AnswerTime()); });
  }

  // Writes a tombstone, in a transaction that is aborted.
  Status Write(const ProbedTopic& topic, int partition) {
    const std::string& name = topic.endpoint.topic;
    if (Status status = Ensure(); !status.ok()) return status;
    const KafkaTopic handle(rd_kafka_topic_new(client_->handle(), name.c_str(), nullptr));
    const rd_kafka_metadata_t* answer = nullptr;
    rd_kafka_metadata(client_->handle(), 0, handle.get(), &answer,
                      context_.AnswerTime());  // so that the record goes at once
    const KafkaMetadata metadata(answer);
    if (const KafkaError error(rd_kafka_begin_transaction(client_->handle())); error != nullptr)
      return Broken(ProblemIn(error.get()), name);
    delivered_.reset();
    const OutputRecord record{{}, kKey};
    if (const rd_kafka_resp_err_t error = ProduceRecord(client_->handle(), handle.get(), partition, record); error != 0)
      return Broken(client_->ProblemOf(error), name);
    const Micros until = context_.Until(kStepTime);
    while (!delivered_) {
      rd_kafka_flush(client_->handle(), kPause);
      if (const std::optional<KafkaProblem> problem = client_->problem(); problem && IsHopeless(*problem))
        return Broken(*problem, name);
      if (!delivered_ && context_.clock.Monotonic() >= until)
        return Broken({RD_KAFKA_RESP_ERR__TIMED_OUT, "no answer to what is written"}, name);
    }
    if (*delivered_ != RD_KAFKA_RESP_ERR_NO_ERROR) return Broken(CauseOf(*delivered_), name);
    return Abort(name);
  }

  // The same with the group's offsets.
  Status SendOffsets(const std::string& input) {
    if (Status status = Ensure(); !status.ok()) return status;
    if (const KafkaError error(rd_kafka_begin_transaction(client_->handle())); error != nullptr)
      return Broken(ProblemIn(error.get()), input);
    const KafkaOffsets list(rd_kafka_topic_partition_list_new(1));
    rd_kafka_topic_partition_list_add(list.get(), input.c_str(), 0)->offset = 0;
    const KafkaGroupMetadata group(rd_kafka_consumer_group_metadata_new(context_.options.kafka.group.c_str()));
    Status status = Insist(kStepTime, [&] {
      return rd_kafka_send_offsets_to_transaction(client_->handle(), list.get(), group.get(), context_.AnswerTime());
    });
    if (status.ok()) return Abort(input);
    broken_ = true;
    return status;
  }

 private:
  Status Ensure() {
    if (client_ != nullptr && !broken_) return Status();
    client_.reset();  // only now: who found it broken may still have something of it
    return Begin();
  }

  // Calls until that is of no more use.
  template <typename Function>
  Status Insist(Micros time, const Function& call) {
    const Micros until = context_.Until(time);
    for (;;) {
      const KafkaError error(call());
      if (error == nullptr) return Status();
      const bool again = rd_kafka_error_is_retriable(error.get()) != 0 && rd_kafka_error_is_fatal(error.get()) == 0;
      client_->Poll(kPause);
      const KafkaProblem own = ProblemIn(error.get());
      const KafkaProblem problem = IsHopeless(own) ? client_->ProblemOf(own.code) : client_->problem().value_or(own);
      if (!again || IsHopeless(problem) || context_.clock.Monotonic() >= until)
        return client_->Explain(problem, context_.clock);
    }
  }

  // A record that the library threw away itself is not in the transaction any more: the commit only says why.
  KafkaProblem CauseOf(rd_kafka_resp_err_t delivered) {
    if (delivered == RD_KAFKA_RESP_ERR__PURGE_QUEUE) {
      const KafkaError error(rd_kafka_commit_transaction(client_->handle(), context_.AnswerTime()));
      if (error != nullptr) return ProblemIn(error.get());
    }
    return client_->ProblemOf(delivered);
  }

  Status Abort(const std::string& topic) {
    const KafkaError error(
        rd_kafka_abort_transaction(client_->handle(), static_cast<int>(context_.Patience(kStepTime) / kMillisecond)));
    return error == nullptr ? Status() : Broken(ProblemIn(error.get()), topic);
  }

  Status Broken(const KafkaProblem& problem, const std::string& topic) {
    broken_ = true;
    return client_->Explain(problem, context_.clock, topic, KafkaTask::kWrite);
  }

  const ProbeContext& context_;
  std::optional<rd_kafka_resp_err_t> delivered_;
  std::unique_ptr<KafkaClient> client_;
  bool broken_ = false;
};

}  // namespace

void ProbeTransactions(const std::vector<FoundTopic>& found, const Status& offsets, ProbeContext* context) {
  if (!context->has_transactions()) return;
  constexpr char kNoTransaction[] = "there is no transaction";
  const std::size_t state = context->state_topic();
  Trial trial(*context);
  bool begun = false;
  if (const char* const why = context->Obstacle(true, "")) {
    context->AddOfBrokers(state, "transaction", Outcome::kNotTried, why);
  } else {
    const Status status = trial.Begin();
    begun = status.ok();
    context->AddOfBrokers(state, "transaction", status,
                          "as '" + ProbeTransactionalId(context->options.kafka.group) + "'");
  }
  std::string input;
  for (std::size_t i = 0; i < found.size(); ++i) {
    const ProbedTopic& topic = context->topics[i];
    if (topic.use == Use::kRead && input.empty() && found[i].readable) input = topic.endpoint.topic;
    if (topic.use != Use::kGroupWrite && topic.use != Use::kGroupState) continue;
    if (const char* const why = context->Obstacle(begun && found[i].usable, begun ? kNoTopic : kNoTransaction)) {
      context->Add(i, "write", Outcome::kNotTried, why);
    } else {
      context->Add(i, "write", trial.Write(topic, found[i].led), "allowed");
    }
  }
  if (!offsets.ok()) return;  // told already
  if (const char* const why =
          context->Obstacle(begun && !input.empty(), begun ? "no input can be read" : kNoTransaction)) {
    context->AddOfBrokers(state, "group", Outcome::kNotTried, why);
  } else {
    context->AddOfBrokers(state, "group", trial.SendOffsets(input),
                          "'" + context->options.kafka.group + "' may be used, and its offsets be stored");
  }
}

}  // namespace socklog
