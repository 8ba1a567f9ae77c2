#include "transport/kafka/kafka_sink.h"

#include <algorithm>
#include <array>

#include "base/log.h"
#include "base/text.h"
#include "transport/sink_stop.h"

namespace socklog {
namespace {

constexpr std::uint64_t kPollEvery = 1024;  // records between looks at what became of earlier ones
constexpr int kPollTime = 20;               // ms to wait for room in the queue
constexpr Micros kStopTime = 10 * kSecond;  // for what is on its way when the program is to stop
constexpr std::size_t kMostHeaders = 8;

KafkaSettings ChosenSettings() {
  return {
      {"enable.idempotence", "true"},
      {"acks", "all"},
      {"allow.auto.create.topics", "false"},
      {"compression.codec", "lz4"},
      {"linger.ms", "20"},
      {"batch.size", "1000000"},
      {"queue.buffering.max.messages", "1000000"},
      {"queue.buffering.max.kbytes", "131072"},
      // As other languages' clients have it, so that a key is in the same partition whoever writes it.
      {"partitioner", "murmur2_random"},
      {"socket.timeout.ms", "10000"},
      {"reconnect.backoff.max.ms", "2000"},
  };
}

}  // namespace

Result<std::unique_ptr<KafkaSink>> KafkaSink::Open(const Endpoint& endpoint, const ConnectionOptions& options,
                                                   const Clock& clock) {
  std::unique_ptr<KafkaSink> sink(new KafkaSink(clock));
  KafkaSink* const self = sink.get();
  KafkaClient::Options client_options{endpoint, options, RD_KAFKA_PRODUCER, ChosenSettings(),
                                      [self](const rd_kafka_message_t& message) { self->Delivered(message); }};
  Result<std::unique_ptr<KafkaClient>> client = KafkaClient::New(std::move(client_options));
  if (!client.ok()) return client.status();
  sink->client_ = std::move(*client);
  const Result<int> partitions = sink->client_->WaitForTopic(options.connect_timeout, clock);
  if (!partitions.ok()) return partitions.status();
  return sink;
}

KafkaSink::~KafkaSink() = default;

Status KafkaSink::Write(std::string_view lines) {
  while (!lines.empty()) {
    const std::size_t size = std::min(lines.find('\n'), lines.size() - 1) + 1;
    if (Status status = WriteRecord({lines.substr(0, size)}); !status.ok()) return status;
    lines.remove_prefix(size);
  }
  return failed_;
}

Status KafkaSink::WriteRecord(const OutputRecord& record) {
  if (!failed_.ok()) return failed_;
  const bool looks = produced_ % kPollEvery == 0;
  if (looks) client_->Poll(0);
  rd_kafka_resp_err_t error = Produce(record);
  for (Micros full_since = 0; error == RD_KAFKA_RESP_ERR__QUEUE_FULL; error = Produce(record)) {
    const Micros now = clock_.Monotonic();
    if (full_since == 0) full_since = now;
    if (SinkStopRequested() && now - full_since >= kStopTime) {
      if (Status status = WaitForAll(); !status.ok()) return status;
      continue;  // there is room now
    }
    client_->Poll(kPollTime);
    if (Status status = Check(); !status.ok()) return status;
  }
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return failed_ = client_->Explain(client_->ProblemOf(error), clock_);
  ++produced_;
  return looks ? Check() : Status();
}

rd_kafka_resp_err_t KafkaSink::Produce(const OutputRecord& record) {
  const std::string_view value = record.line.substr(0, record.line.size() - (record.line.ends_with('\n') ? 1 : 0));
  // The library's functions take what they only read without const.
  void* const bytes = const_cast<char*>(value.data());
  if (record.headers.empty() && record.time == kNoTime) {
    const int result =
        rd_kafka_produce(client_->topic(), RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, bytes, value.size(),
                         record.key.empty() ? nullptr : record.key.data(), record.key.size(), nullptr);
    return result == 0 ? RD_KAFKA_RESP_ERR_NO_ERROR : rd_kafka_last_error();
  }
  std::array<rd_kafka_vu_t, 5 + kMostHeaders> arguments;
  std::size_t count = 0;
  const auto add = [&](rd_kafka_vtype_t type) -> rd_kafka_vu_t& {
    arguments[count].vtype = type;
    return arguments[count++];
  };
  add(RD_KAFKA_VTYPE_RKT).u.rkt = client_->topic();
  add(RD_KAFKA_VTYPE_MSGFLAGS).u.i = RD_KAFKA_MSG_F_COPY;
  add(RD_KAFKA_VTYPE_VALUE).u.mem = {bytes, value.size()};
  if (!record.key.empty()) add(RD_KAFKA_VTYPE_KEY).u.mem = {const_cast<char*>(record.key.data()), record.key.size()};
  if (record.time != kNoTime) add(RD_KAFKA_VTYPE_TIMESTAMP).u.i64 = record.time / kMillisecond;
  std::array<std::string, kMostHeaders> names;  // with the NUL that the library wants
  for (std::size_t i = 0; i < std::min(record.headers.size(), kMostHeaders); ++i) {
    names[i] = record.headers[i].first;
    const std::string_view text = record.headers[i].second;
    rd_kafka_vu_t& header = add(RD_KAFKA_VTYPE_HEADER);
    header.u.header.name = names[i].c_str();
    header.u.header.val = text.data();
    header.u.header.size = static_cast<ssize_t>(text.size());
  }
  const KafkaError error(rd_kafka_produceva(client_->handle(), arguments.data(), count));
  return error == nullptr ? RD_KAFKA_RESP_ERR_NO_ERROR : rd_kafka_error_code(error.get());
}

void KafkaSink::Delivered(const rd_kafka_message_t& message) {
  if (message.err == RD_KAFKA_RESP_ERR_NO_ERROR) {
    ++delivered_;
    return;
  }
  // Not rd_kafka_message_errstr: of a producer's message that is the record itself.
  if (undelivered_++ == 0) cause_ = client_->ProblemOf(message.err);
}

// Whether anything was given up, or the producer cannot go on.
Status KafkaSink::Check() {
  if (!failed_.ok() || (undelivered_ == 0 && rd_kafka_fatal_error(client_->handle(), nullptr, 0) == 0)) return failed_;
  // What was given up tells what followed; why is what the library said first.
  const std::optional<KafkaProblem> problem = client_->problem();
  const KafkaProblem cause = undelivered_ > 0 ? cause_ : client_->ProblemOf(RD_KAFKA_RESP_ERR__FATAL);
  const bool is_vague = cause.code == RD_KAFKA_RESP_ERR__MSG_TIMED_OUT || cause.code == RD_KAFKA_RESP_ERR__PURGE_QUEUE;
  const Status why = client_->Explain(is_vague && problem ? *problem : cause, clock_);
  const std::string lost =
      undelivered_ == 0 ? "" : " (" + FormatThousands(undelivered_) + " records were not delivered)";
  return failed_ = Status(StatusCode::kFailed, why.message() + lost);
}

Status KafkaSink::Flush(bool durable) {
  if (!failed_.ok()) return failed_;
  if (durable) return WaitForAll();
  client_->Poll(0);
  return Check();
}

Status KafkaSink::Finish() { return failed_.ok() ? WaitForAll() : failed_; }

Status KafkaSink::Unconfirmed(const char* when) const {
  const std::optional<KafkaProblem> problem = client_->problem();
  return Status::Failed(client_->endpoint().text + ": " + when + FormatThousands(produced_ - delivered_) +
                        " records were not confirmed" + (problem ? ": " + problem->text : std::string()));
}

// The library gives a record up after message.timeout.ms, so this ends.
Status KafkaSink::WaitForAll() {
  Micros stop_seen = 0;
  while (delivered_ + undelivered_ < produced_) {
    rd_kafka_flush(client_->handle(), kPollTime);
    if (Status status = Check(); !status.ok()) return status;
    const bool untold = rd_kafka_outq_len(client_->handle()) == 0 && delivered_ + undelivered_ < produced_;
    if (untold) return failed_ = Unconfirmed("the library does not tell: ");
    if (!SinkStopRequested()) continue;
    const Micros now = clock_.Monotonic();
    if (stop_seen == 0) stop_seen = now;
    if (now - stop_seen < kStopTime) continue;
    return failed_ = Unconfirmed("at the stop ");
  }
  return Check();
}

}  // namespace socklog
