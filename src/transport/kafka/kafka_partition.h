// One partition of a topic as a partition of the Source.
#ifndef SOCKLOG_TRANSPORT_KAFKA_KAFKA_PARTITION_H_
#define SOCKLOG_TRANSPORT_KAFKA_KAFKA_PARTITION_H_

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "transport/kafka/consumer.h"
#include "transport/kafka/position.h"
#include "transport/kafka/record_text.h"

namespace socklog {

// Called "TOPIC/NUMBER". Records are copied once, from the library's buffers to the block. A position's offset is in
// bytes of the text of all records since the one that reading began at. Thread-compatible.
class KafkaPartition : public Partition {
 public:
  KafkaPartition(const std::string& topic, std::shared_ptr<KafkaConsumer> consumer, std::shared_ptr<KafkaFeed> feed,
                 const KafkaStart& start, const PartitionContext& context);
  ~KafkaPartition() override;

  // At the end of what is committed, as far as the broker has told and can be asked.
  bool can_idle() const override { return at_end_ && !is_misplaced_ && feed_->has_leader && consumer_->reachable(); }
  Result<Progress> Read(Block* block) override;
  std::string EncodePosition(Position position) const override;
  void AddTo(PollSet* set) const override;
  bool HasNews(const PollSet& set) override;

 private:
  static constexpr std::size_t kBatch = 1024;
  static constexpr std::size_t kBatchBytes = 1 << 20;

  bool Fetch();
  void End();
  void TellSkipped();
  Status TakeEvent(const rd_kafka_message_t& message);
  Status FindPlace();
  Status AskAgain(const KafkaRange& range);
  Status GoOnElsewhere(const KafkaRange& range);
  Status TakeDamage(const rd_kafka_message_t& message);
  void StartRecord(const rd_kafka_message_t& message);
  bool FillFromRecord(Block* block);
  void NextMessage() { ++in_batch_; }
  void FreeBatch();

  const std::string topic_;
  const std::shared_ptr<KafkaConsumer> consumer_;
  const std::shared_ptr<KafkaFeed> feed_;
  const PartitionContext context_;
  std::optional<std::int64_t> stop_;  // read up to here
  std::array<rd_kafka_message_t*, kBatch> batch_{};
  std::size_t batch_limit_ = 16;  // of the next one
  std::size_t batch_size_ = 0;
  std::size_t in_batch_ = 0;  // the message in hand
  bool in_record_ = false;    // whose text is being handed out
  RecordText text_;
  const KafkaPlace start_;
  bool is_first_ = true;        // the next record
  std::uint64_t skip_;          // bytes of text that an earlier run handed out, of the record at start_
  std::uint64_t text_end_ = 0;  // position behind what was handed out or skipped
  KafkaPlaces places_;
  std::int64_t damaged_at_ = -1;
  int damaged_times_ = 0;
  bool is_misplaced_ = false;  // the broker did not have what was to be read next
  Micros look_again_ = 0;      // not before
  std::int64_t refused_at_ = -1;
  int refused_times_ = 0;
  bool at_end_ = false;
  bool ended_ = false;
};

}  // namespace socklog

#endif  // SOCKLOG_TRANSPORT_KAFKA_KAFKA_PARTITION_H_
