#include "transport/kafka/kafka_sink.h"

#include <algorithm>

#include "base/log.h"
#include "base/text.h"
#include "transport/kafka/produce.h"
#include "transport/sink_stop.h"

namespace socklog {
namespace {

constexpr std::uint64_t kPollEvery = 1024;  // records between looks at what became of earlier ones
constexpr int kPollTime = 20;               // ms to wait for room in the queue
constexpr Micros kStopTime = 10 * kSecond;  // for what is on its way when the program is to stop

}  // namespace

Result<std::unique_ptr<KafkaSink>> KafkaSink::Open(const Endpoint& endpoint, const SinkOptions& options,
                                                   const Clock& clock) {
  std::unique_ptr<KafkaSink> sink(new KafkaSink(options.may_drop, clock));
  KafkaSink* const self = sink.get();
  KafkaClient::Options client_options{endpoint, options.connection, RD_KAFKA_PRODUCER, ProducerSettings(),
                                      [self](const rd_kafka_message_t& message) { self->Delivered(message); }};
  Result<std::unique_ptr<KafkaClient>> client = KafkaClient::New(std::move(client_options));
  if (!client.ok()) return client.status();
  sink->client_ = std::move(*client);
  const Result<int> partitions = sink->client_->WaitForTopic(options.connection.connect_timeout, clock);
  if (!partitions.ok()) return partitions.status();
  return sink;
}

// After a failure, of this output or another, what is on its way still has some time.
KafkaSink::~KafkaSink() {
  if (client_ == nullptr || stop_passed_) return;
  const Micros end = clock_.Monotonic() + kStopTime;
  while (rd_kafka_outq_len(client_->handle()) > 0 && clock_.Monotonic() < end)
    rd_kafka_flush(client_->handle(), kPollTime);
  if (failed_.ok() && (on_their_way() > 0 || undelivered_ > 0)) LogWarning(Unconfirmed("").message());
}

Status KafkaSink::Write(std::string_view lines) {
  while (!lines.empty()) {
    if (Status status = WriteRecord({TakeLine(&lines)}); !status.ok()) return status;
  }
  return failed_;
}

Status KafkaSink::WriteRecord(const OutputRecord& record) {
  if (!failed_.ok()) return failed_;
  if (on_their_way() == 0) unconfirmed_.Begin(clock_.Monotonic());
  const bool looks = produced_ % kPollEvery == 0;
  if (looks) client_->Poll(0);
  const auto produce = [&] {
    return ProduceRecord(client_->handle(), client_->topic(), RD_KAFKA_PARTITION_UA, record);
  };
  rd_kafka_resp_err_t error = produce();
  for (Micros full_since = 0; error == RD_KAFKA_RESP_ERR__QUEUE_FULL; error = produce()) {
    const Micros now = clock_.Monotonic();
    if (full_since == 0) {
      full_since = now;
      unconfirmed_.Begin(now);
    }
    if (SinkStopRequested() && now - full_since >= kStopTime) {
      if (Status status = WaitForAll(); !status.ok()) return status;
      continue;  // there is room now
    }
    client_->Poll(kPollTime);
    if (Status status = Check(); !status.ok()) return status;
    WatchProgress();
  }
  if (error == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE) {
    if (may_drop_) {
      Drop(record.line.size());
      return Status();
    }
    return failed_ = Status::Failed(client_->endpoint().text + ": a record of " + FormatThousands(record.line.size()) +
                                    " bytes is larger than message.max.bytes; raise it (-X)");
  }
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return failed_ = client_->Explain(client_->ProblemOf(error), clock_);
  ++produced_;
  return looks ? Check() : Status();
}

void KafkaSink::Delivered(const rd_kafka_message_t& message) {
  if (message.err == RD_KAFKA_RESP_ERR_NO_ERROR) {
    ++delivered_;
    if (client_->has_problem()) client_->ForgetProblems();  // it is overcome
    return;
  }
  if (may_drop_ && message.err == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE) {
    --produced_;
    Drop(message.len);
    return;
  }
  // Not rd_kafka_message_errstr: of a producer's message that is the record itself.
  if (undelivered_++ == 0) cause_ = client_->ProblemOf(message.err);
}

void KafkaSink::Drop(std::size_t size) {
  if (dropped_++ == 0) {
    LogWarning(client_->endpoint().text + ": a record of " + FormatThousands(size) +
               " bytes is larger than the topic takes, and dropped, as others will be; raise its max.message.bytes");
  }
}

// Tells once that nothing is confirmed, and once that it goes on.
void KafkaSink::WatchProgress() {
  const Micros now = clock_.Monotonic();
  const std::string& place = client_->endpoint().text;
  if (delivered_ != seen_delivered_) {
    seen_delivered_ = delivered_;
    unconfirmed_.Begin(now);
    unconfirmed_.End(place + ": the broker confirms records again");
  } else if (on_their_way() > 0 && unconfirmed_.IsDue(now)) {
    const KafkaProblem none{RD_KAFKA_RESP_ERR__TIMED_OUT, "no answer"};
    unconfirmed_.Tell(client_->Explain(client_->problem().value_or(none), clock_).message() + "; " +
                      FormatCount(on_their_way(), "record") + " on the way, until it is back");
  }
}

// Whether anything was given up, or the producer cannot go on.
Status KafkaSink::Check() {
  if (!failed_.ok() || (undelivered_ == 0 && rd_kafka_fatal_error(client_->handle(), nullptr, 0) == 0)) return failed_;
  // What was given up tells what followed; why is what the library said first.
  const std::optional<KafkaProblem> problem = client_->problem();
  const KafkaProblem cause = undelivered_ > 0 ? cause_ : client_->ProblemOf(RD_KAFKA_RESP_ERR__FATAL);
  const bool is_vague = cause.code == RD_KAFKA_RESP_ERR__MSG_TIMED_OUT || cause.code == RD_KAFKA_RESP_ERR__PURGE_QUEUE;
  const Status why = client_->Explain(is_vague && problem ? *problem : cause, clock_);
  const std::string lost = undelivered_ == 0 ? "" : " (" + FormatCount(undelivered_, "record") + " not delivered)";
  return failed_ = Status(StatusCode::kFailed, why.message() + lost);
}

Status KafkaSink::Flush(bool durable) {
  if (!failed_.ok()) return failed_;
  if (durable) return WaitForAll();
  client_->Poll(0);
  WatchProgress();
  return Check();
}

Status KafkaSink::Finish() {
  Status status = failed_.ok() ? WaitForAll() : failed_;
  if (dropped_ > 1) {
    LogWarning(client_->endpoint().text + ": " + FormatThousands(dropped_) +
               " records were larger than the topic takes and were dropped");
  }
  return status;
}

Status KafkaSink::Unconfirmed(const char* when) const {
  const std::optional<KafkaProblem> problem = client_->problem();
  return Status::Failed(client_->endpoint().text + ": " + when + FormatThousands(produced_ - delivered_) +
                        " records were not confirmed" + (problem ? ": " + problem->text : std::string()));
}

// The library gives a record up after message.timeout.ms, so this ends.
Status KafkaSink::WaitForAll() {
  StopPatience stop(kStopTime);
  unconfirmed_.Begin(clock_.Monotonic());
  while (on_their_way() > 0) {
    rd_kafka_flush(client_->handle(), kPollTime);
    if (Status status = Check(); !status.ok()) return status;
    const bool untold = rd_kafka_outq_len(client_->handle()) == 0 && on_their_way() > 0;
    if (untold) return failed_ = Unconfirmed("the library does not tell: ");
    WatchProgress();
    if (!stop.IsOver(clock_.Monotonic())) continue;
    stop_passed_ = true;
    return failed_ = Unconfirmed("at the stop ");
  }
  return Check();
}

}  // namespace socklog
