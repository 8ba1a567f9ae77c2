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

Result<std::unique_ptr<KafkaSink>> KafkaSink::Open(const Endpoint& endpoint, const ConnectionOptions& options,
                                                   const Clock& clock) {
  std::unique_ptr<KafkaSink> sink(new KafkaSink(clock));
  KafkaSink* const self = sink.get();
  KafkaClient::Options client_options{endpoint, options, RD_KAFKA_PRODUCER, ProducerSettings(),
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
  const Micros begin = produced_ % kPollEvery == 0 ? clock_.Monotonic() : 0;
  if (begin != 0) client_->Poll(0);
  const auto produce = [&] {
    return ProduceRecord(client_->handle(), client_->topic(), RD_KAFKA_PARTITION_UA, record);
  };
  rd_kafka_resp_err_t error = produce();
  for (Micros full_since = 0; error == RD_KAFKA_RESP_ERR__QUEUE_FULL; error = produce()) {
    const Micros now = clock_.Monotonic();
    if (full_since == 0) full_since = now;
    if (SinkStopRequested() && now - full_since >= kStopTime) return WaitForAll();
    client_->Poll(kPollTime);
    if (Status status = Check(); !status.ok()) return status;
  }
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return failed_ = client_->Explain({error, rd_kafka_err2str(error)}, clock_);
  ++produced_;
  return begin != 0 ? Check() : Status();
}

void KafkaSink::Delivered(const rd_kafka_message_t& message) {
  if (message.err == RD_KAFKA_RESP_ERR_NO_ERROR) {
    ++delivered_;
    return;
  }
  // Not rd_kafka_message_errstr: of a producer's message that is the record itself.
  if (undelivered_++ == 0) cause_ = {message.err, rd_kafka_err2str(message.err)};
}

// Whether anything was given up, or the producer cannot go on.
Status KafkaSink::Check() {
  if (!failed_.ok() || (undelivered_ == 0 && rd_kafka_fatal_error(client_->handle(), nullptr, 0) == 0)) return failed_;
  // What was given up tells what followed; why is what the library said first.
  const std::optional<KafkaProblem> problem = client_->problem();
  const bool is_vague = undelivered_ == 0 || cause_.code == RD_KAFKA_RESP_ERR__MSG_TIMED_OUT ||
                        cause_.code == RD_KAFKA_RESP_ERR__PURGE_QUEUE;
  const Status why = client_->Explain(is_vague && problem ? *problem : cause_, clock_);
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

// The library gives a record up after message.timeout.ms, so this ends.
Status KafkaSink::WaitForAll() {
  Micros stop_seen = 0;
  while (delivered_ + undelivered_ < produced_) {
    rd_kafka_flush(client_->handle(), kPollTime);
    if (Status status = Check(); !status.ok()) return status;
    if (!SinkStopRequested()) continue;
    const Micros now = clock_.Monotonic();
    if (stop_seen == 0) stop_seen = now;
    if (now - stop_seen < kStopTime) continue;
    const std::optional<KafkaProblem> problem = client_->problem();
    return failed_ =
               Status::Failed(client_->endpoint().text + ": at the stop " + FormatThousands(produced_ - delivered_) +
                              " records were not confirmed" + (problem ? ": " + problem->text : std::string()));
  }
  return Check();
}

}  // namespace socklog
