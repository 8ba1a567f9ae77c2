#include "transport/kafka/transaction.h"

#include <algorithm>
#include <array>

#include "base/log.h"
#include "transport/kafka/produce.h"
#include "transport/kafka/wait_notice.h"
#include "transport/sink_stop.h"

namespace socklog {
namespace {

constexpr int kAnswerTime = 1000;    // ms for one call; the next goes on where it was
constexpr int kOffsetsTime = 8'000;  // ms for the one that does not: a coordinator that begins needs some
constexpr int kPause = 100;          // ms between calls in vain
constexpr int kPollTime = 20;        // ms to wait for room in the queue

// The same record would be refused again.
bool IsRefusal(rd_kafka_resp_err_t code) {
  switch (code) {
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
    case RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP:
    case RD_KAFKA_RESP_ERR_INVALID_MSG:
    case RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE:
    case RD_KAFKA_RESP_ERR_UNSUPPORTED_FOR_MESSAGE_FORMAT:
    case RD_KAFKA_RESP_ERR_UNSUPPORTED_COMPRESSION_TYPE:
    case RD_KAFKA_RESP_ERR_INVALID_RECORD:
    case RD_KAFKA_RESP_ERR_POLICY_VIOLATION:
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
      return true;
    default:
      return IsHopeless({code, ""});
  }
}

// The group was joined anew meanwhile, after an outage. Another instance would have taken the transactional id as well.
bool IsOldMembership(const KafkaProblem& problem) { return problem.code == RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID; }

}  // namespace

KafkaSettings KafkaTransactions::Settings(const std::string& group) {
  KafkaSettings settings = ProducerSettings();
  settings["transactional.id"] = TransactionalId(group);
  settings["transaction.timeout.ms"] = "60000";  // a broker that is away for less ends no run
  settings["linger.ms"] = "5";
  return settings;
}

Result<std::unique_ptr<KafkaTransactions>> KafkaTransactions::Open(const Endpoint& endpoint,
                                                                   const ConnectionOptions& options,
                                                                   const Clock& clock) {
  std::unique_ptr<KafkaTransactions> made(new KafkaTransactions(options, clock));
  KafkaTransactions* const self = made.get();
  KafkaClient::Options client_options{endpoint, options, RD_KAFKA_PRODUCER, Settings(options.kafka.group),
                                      [self](const rd_kafka_message_t& message) { self->Delivered(message); }};
  Result<std::unique_ptr<KafkaClient>> client = KafkaClient::New(std::move(client_options));
  if (!client.ok()) return client.status();
  made->client_ = std::move(*client);
  made->client_->RequireGroup();
  const Result<int> partitions = made->client_->WaitForTopic(options.connect_timeout, clock);
  if (!partitions.ok()) return partitions.status();
  if (Status status = CheckStatePartitions(endpoint, partitions.value()); !status.ok()) return status;
  return made;
}

void KafkaTransactions::Idle() {
  client_->Poll(0);
  client_->ForgetProblems();
}

Status KafkaTransactions::Begin() {
  Idle();
  const Micros begin = clock_.Monotonic();
  for (;;) {
    const KafkaError error(rd_kafka_init_transactions(client_->handle(), kAnswerTime));
    if (error == nullptr) return Status();
    if (SinkStopRequested()) return {StatusCode::kBrokenPipe, client_->endpoint().text + ": stopped"};
    if (rd_kafka_error_is_fatal(error.get()) != 0 || rd_kafka_error_is_retriable(error.get()) == 0) {
      FailBecauseOf(ProblemIn(error.get()));
      return failed_;
    }
    client_->Poll(kPause);
    const KafkaProblem problem = client_->problem().value_or(ProblemIn(error.get()));
    if (IsHopeless(problem) || clock_.Monotonic() - begin >= connect_timeout_)
      return failed_ = client_->Explain(problem, clock_);
  }
}

Result<rd_kafka_topic_t*> KafkaTransactions::AddTopic(const std::string& name) {
  KafkaTopic topic(rd_kafka_topic_new(client_->handle(), name.c_str(), nullptr));
  if (topic == nullptr) return Status::Usage(name + ": " + rd_kafka_err2str(rd_kafka_last_error()));
  // It also lets the first record go at once: the library need not ask then.
  const Result<int> partitions = client_->WaitForTopic(connect_timeout_, clock_, topic.get());
  if (!partitions.ok()) return partitions.status();
  topics_.push_back(std::move(topic));
  return topics_.back().get();
}

void KafkaTransactions::Add(rd_kafka_topic_t* topic, int partition, const OutputRecord& record) {
  Held held{topic, partition, std::nullopt, std::string(record.key), record.time, {}};
  if (record.line.data() != nullptr) held.line = std::string(record.line);
  held_bytes_ += record.line.size() + record.key.size() + sizeof(Held);
  for (const auto& [name, value] : record.headers) {
    held.headers.emplace_back(name, value);
    held_bytes_ += name.size() + value.size() + sizeof(held.headers.back());
  }
  held_.push_back(std::move(held));
}

void KafkaTransactions::Delivered(const rd_kafka_message_t& message) {
  if (message.err == RD_KAFKA_RESP_ERR_NO_ERROR) {
    if (client_->endpoint().topic == rd_kafka_topic_name(message.rkt))
      first_of_this_ = std::min(first_of_this_.value_or(message.offset), message.offset);
    return;
  }
  if (refused_ || !IsRefusal(message.err)) return;
  refused_ = KafkaProblem{message.err, rd_kafka_err2str(message.err)};
  refused_by_ = rd_kafka_topic_name(message.rkt);
}

// A transaction that was aborted is not made again here: the group's membership may have been lost in an outage, and
// others may have worked meanwhile. Who begins anew at what was committed need not know.
Status KafkaTransactions::Commit(const KafkaOffsets& offsets, TransactionGroup* group) {
  if (!failed_.ok()) return failed_;
  first_of_this_.reset();
  Outcome outcome = Try(offsets, group);
  if (outcome == Outcome::kAbort) outcome = Abort();
  if (outcome != Outcome::kDone) return failed_;
  LogDetail("Kafka: the transaction is committed");
  client_->Poll(0);  // where the records are
  first_offset_ = first_of_this_.value_or(first_offset_);
  client_->ForgetProblems();
  held_.clear();
  held_bytes_ = 0;
  return Status();
}

// The group is waited for before the transaction begins: one that is open holds up the readers of its topics.
KafkaTransactions::Outcome KafkaTransactions::Try(const KafkaOffsets& offsets, TransactionGroup* group) {
  const Result<KafkaGroupMetadata> metadata = group->Hold();
  if (!metadata.ok()) return Fail(metadata.status());
  LogDetail("Kafka: a transaction begins");
  Outcome outcome = Outcome::kDone;
  if (const KafkaError error(rd_kafka_begin_transaction(client_->handle())); error != nullptr) {
    outcome = FailBecauseOf(ProblemIn(error.get()));
  } else {
    outcome = Write(offsets, metadata.value());
  }
  group->Release();
  if (outcome == Outcome::kDone)
    outcome = Call([&] { return rd_kafka_commit_transaction(client_->handle(), kAnswerTime); });
  if (outcome == Outcome::kFailed) AbortAfterFailure();
  return outcome;
}

KafkaTransactions::Outcome KafkaTransactions::Write(const KafkaOffsets& offsets, const KafkaGroupMetadata& metadata) {
  for (const Held& held : held_) {
    if (const Outcome outcome = Produce(held); outcome != Outcome::kDone) return outcome;
  }
  return Call([&] {
    return rd_kafka_send_offsets_to_transaction(client_->handle(), offsets.get(), metadata.get(),
                                                SinkStopRequested() ? kAnswerTime : kOffsetsTime);
  });
}

KafkaTransactions::Outcome KafkaTransactions::Produce(const Held& held) {
  std::vector<std::pair<std::string_view, std::string_view>> headers(held.headers.begin(), held.headers.end());
  OutputRecord record{{}, held.key, held.time, headers};
  if (held.line) record.line = *held.line;
  for (;;) {
    const rd_kafka_resp_err_t error = ProduceRecord(client_->handle(), held.topic, held.partition, record);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return Outcome::kDone;
    if (error != RD_KAFKA_RESP_ERR__QUEUE_FULL) {
      last_ = {error, rd_kafka_err2str(error)};
      if (rd_kafka_fatal_error(client_->handle(), nullptr, 0) != 0) return FailBecauseOf(last_);
      if (IsRefusal(error)) return FailBecauseOf(last_, rd_kafka_topic_name(held.topic));
      return error == RD_KAFKA_RESP_ERR__STATE ? WhyItFailed() : Outcome::kAbort;
    }
    if (stop_.IsOver(clock_.Monotonic())) return FailBecauseOf({error, "the broker does not take what is written"});
    client_->Poll(kPollTime);
  }
}

// A transaction that has failed takes no more records. It cannot be committed either, and that call says why.
KafkaTransactions::Outcome KafkaTransactions::WhyItFailed() {
  const Outcome outcome = Call([&] { return rd_kafka_commit_transaction(client_->handle(), kAnswerTime); });
  return outcome == Outcome::kDone ? Outcome::kAbort : outcome;
}

// Calls until that is of no more use.
KafkaTransactions::Outcome KafkaTransactions::Call(const std::function<rd_kafka_error_t*()>& call) {
  WaitNotice notice(clock_.Monotonic());
  for (;;) {
    const KafkaError error(call());
    if (error == nullptr) {
      notice.End(client_->endpoint().text + ": the broker answers the transaction again");
      return Outcome::kDone;
    }
    last_ = ProblemIn(error.get());
    if (rd_kafka_error_is_fatal(error.get()) != 0) return FailBecauseOf(last_);
    if (rd_kafka_error_txn_requires_abort(error.get()) != 0 || rd_kafka_error_is_retriable(error.get()) == 0)
      return IsHopeless(last_) && !IsOldMembership(last_) ? FailBecauseOf(last_) : Outcome::kAbort;
    if (stop_.IsOver(clock_.Monotonic())) return FailBecauseOf(last_);
    if (notice.IsDue(clock_.Monotonic())) {
      notice.Tell(client_->Explain(client_->problem().value_or(last_), clock_).message() +
                  "; what was found waits for the transaction, and is not told yet");
    }
    client_->Poll(kPause);
  }
}

// That the broker still takes that from this producer tells that no other has taken its place.
KafkaTransactions::Outcome KafkaTransactions::Abort() {
  const KafkaProblem cause = last_;
  const Outcome outcome = Call([&] { return rd_kafka_abort_transaction(client_->handle(), kAnswerTime); });
  client_->Poll(0);  // what became of the records
  if (outcome == Outcome::kFailed) return outcome;
  if (outcome != Outcome::kDone || refused_) return FailBecauseOf(cause);
  return Fail(
      {StatusCode::kAborted, client_->endpoint().text + ": a transaction failed and was undone (" + cause.text + ")"});
}

// So that readers of the topics do not wait until the broker ends it.
void KafkaTransactions::AbortAfterFailure() {
  if (rd_kafka_fatal_error(client_->handle(), nullptr, 0) == RD_KAFKA_RESP_ERR_NO_ERROR)
    const KafkaError ignored(rd_kafka_abort_transaction(client_->handle(), kAnswerTime));
}

KafkaTransactions::Outcome KafkaTransactions::Fail(const Status& status) {
  if (failed_.ok()) failed_ = status;
  return Outcome::kFailed;
}

// Why a record was refused tells what followed; so does the cause of a fatal error.
KafkaTransactions::Outcome KafkaTransactions::FailBecauseOf(KafkaProblem problem, const std::string& topic) {
  if (refused_) return Fail(client_->Explain(*refused_, clock_, refused_by_));
  std::array<char, 512> text{};
  const rd_kafka_resp_err_t fatal = rd_kafka_fatal_error(client_->handle(), text.data(), text.size());
  if (fatal != RD_KAFKA_RESP_ERR_NO_ERROR) problem = {fatal, text.data()};
  const Status why = client_->Explain(problem, clock_, topic);
  // Also where the broker is only away: that no more is tried is an end that is not well.
  return Fail(why.code() == StatusCode::kUnavailable ? Status::Failed(why.message()) : why);
}

}  // namespace socklog
