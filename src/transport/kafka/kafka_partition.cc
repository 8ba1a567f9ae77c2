#include "transport/kafka/kafka_partition.h"

#include <unistd.h>

#include <algorithm>

#include "transport/plain_text_reader.h"

namespace socklog {

KafkaPartition::KafkaPartition(const std::string& topic, std::shared_ptr<KafkaConsumer> consumer,
                               std::shared_ptr<KafkaFeed> feed, const KafkaStart& start,
                               const PartitionContext& context)
    : Partition(topic + "/" + std::to_string(feed->partition)),
      topic_(topic),
      consumer_(std::move(consumer)),
      feed_(std::move(feed)),
      context_(context),
      stop_(start.stop),
      skip_(start.place.bytes) {
  places_.Add(0, start.place.offset);
}

KafkaPartition::~KafkaPartition() {
  while (in_batch_ < batch_size_) DropMessage();
  feed_->queue.reset();  // before the instance that it belongs to
}

Result<Progress> KafkaPartition::Read(Block* block) {
  if (Status status = consumer_->failure(); !status.ok()) return status;
  is_marked_ = false;
  while (block->text.size() < kReadBytes && !context_.stopping.load(std::memory_order_relaxed)) {
    if (in_record_) {
      if (FillFromRecord(block)) continue;
      break;
    }
    ended_ = ended_ || (stop_ && feed_->next >= *stop_);
    if (ended_ || (in_batch_ == batch_size_ && !Fetch())) break;
    const rd_kafka_message_t& message = *batch_[in_batch_];
    if (message.err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      StartRecord(message);
      continue;
    }
    const Status status = TakeEvent(message);
    DropMessage();
    if (!status.ok()) return status;
  }
  if (!block->text.empty()) return Progress::kMore;
  return ended_ ? Progress::kEnd : Progress::kIdle;
}

bool KafkaPartition::Fetch() {
  in_batch_ = 0;
  const ssize_t count = rd_kafka_consume_batch_queue(feed_->queue.get(), 0, batch_.data(), batch_.size());
  batch_size_ = static_cast<std::size_t>(std::max<ssize_t>(count, 0));
  return batch_size_ > 0;
}

void KafkaPartition::DropMessage() { rd_kafka_message_destroy(batch_[in_batch_++]); }

Status KafkaPartition::TakeEvent(const rd_kafka_message_t& message) {
  switch (message.err) {
    case RD_KAFKA_RESP_ERR__PARTITION_EOF:
      at_end_ = true;
      // Between the last record and the end there are only marks of transactions.
      if (message.offset > feed_->next) feed_->next = message.offset;
      return Status();
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
      return consumer_->SeekToBeginning(feed_.get());
    default:
      return consumer_->Judge({message.err, rd_kafka_message_errstr(&message)});
  }
}

void KafkaPartition::StartRecord(const rd_kafka_message_t& message) {
  at_end_ = false;
  // After partitions were assigned anew some records come twice.
  const bool known = message.offset < feed_->next;
  ended_ = stop_ && message.offset >= *stop_;
  if (known || ended_) return DropMessage();
  const auto* data = static_cast<const char*>(message.payload);
  if (!is_marked_) places_.Add(text_end_, message.offset);
  is_marked_ = true;
  const std::uint64_t skipped = std::min(skip_, RecordText::TextSize(data, message.len));
  text_.Start(data, message.len, skipped);
  skip_ -= skipped;
  text_end_ += skipped;
  in_record_ = true;
}

// False: the block must be handed out before there can be more.
bool KafkaPartition::FillFromRecord(Block* block) {
  if (block->text.empty()) block->position = text_end_;
  const std::uint64_t taken = text_.done() ? 0 : text_.AppendTo(block);
  text_end_ += taken;
  if (!text_.done()) return false;
  feed_->next = batch_[in_batch_]->offset + 1;
  in_record_ = false;
  DropMessage();
  return !block->too_long;
}

std::string KafkaPartition::EncodePosition(Position position) const {
  return EncodeKafkaPosition({topic_, feed_->partition, places_.Find(position.offset)});
}

void KafkaPartition::AddTo(PollSet* set) const { set->Add(feed_->event.get(), POLLIN); }

bool KafkaPartition::HasNews(const PollSet& set) {
  if (set.Fired(feed_->event.get())) {
    std::uint64_t ignored = 0;
    [[maybe_unused]] const ssize_t drained = read(feed_->event.get(), &ignored, sizeof(ignored));
  }
  return rd_kafka_queue_length(feed_->queue.get()) > 0 || !consumer_->failure().ok();
}

}  // namespace socklog
