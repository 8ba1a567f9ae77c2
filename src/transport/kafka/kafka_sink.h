// Output to a topic.
#ifndef SOCKLOG_TRANSPORT_KAFKA_KAFKA_SINK_H_
#define SOCKLOG_TRANSPORT_KAFKA_KAFKA_SINK_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "socklog/sink.h"
#include "transport/kafka/client.h"
#include "transport/kafka/wait_notice.h"
#include "transport/transport.h"

namespace socklog {

// Each line is a record, its newline left out. All in-sync replicas confirm each, and the library's own retries make no
// record twice or out of order (the idempotent producer). A record that was given up is an error of the next call, and
// of all after it, but one that is too large for the topic is dropped with a warning if SinkOptions::may_drop.
// Thread-compatible.
class KafkaSink : public Sink {
 public:
  // Waits for the broker up to --connect-timeout. Errors: as KafkaClient::WaitForTopic.
  static Result<std::unique_ptr<KafkaSink>> Open(const Endpoint& endpoint, const SinkOptions& options,
                                                 const Clock& clock);
  // Without Finish, as after a failure elsewhere, waits for what is on its way, but not long.
  ~KafkaSink() override;

  bool takes_records() const override { return true; }
  Status Write(std::string_view lines) override;
  // Blocks while the library's queue is full.
  Status WriteRecord(const OutputRecord& record) override;
  // The library sends by itself, within milliseconds; with `durable`, waits until all is confirmed.
  Status Flush(bool durable) override;
  // Waits for all, but not longer than a record may take (message.timeout.ms), and not long after StopSinks.
  Status Finish() override;
  std::uint64_t length() const override { return 0; }

 private:
  KafkaSink(bool may_drop, const Clock& clock) : may_drop_(may_drop), clock_(clock) {}
  std::uint64_t on_their_way() const { return produced_ - delivered_ - undelivered_; }
  void Delivered(const rd_kafka_message_t& message);
  void Drop(std::size_t size);
  void WatchProgress();
  Status WaitForAll();
  Status Check();
  Status Unconfirmed(const char* when) const;

  const bool may_drop_;
  const Clock& clock_;
  std::unique_ptr<KafkaClient> client_;
  std::uint64_t produced_ = 0;  // records that the library has taken
  std::uint64_t delivered_ = 0;
  std::uint64_t undelivered_ = 0;  // given up
  KafkaProblem cause_;             // of the first of them
  std::uint64_t dropped_ = 0;      // too large, and may be
  std::uint64_t seen_delivered_ = 0;
  WaitNotice unconfirmed_{0};  // with nothing confirmed
  bool stop_passed_ = false;   // the time that a stop leaves
  Status failed_;              // once and for all
};

}  // namespace socklog

#endif  // SOCKLOG_TRANSPORT_KAFKA_KAFKA_SINK_H_
