#include "transport/kafka/kafka_partition.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "base/text.h"
#include "transport/plain_text_reader.h"

namespace socklog {
namespace {

constexpr Micros kLookAgain = kSecond;

// Of records, not of the broker.
bool IsDamage(rd_kafka_resp_err_t error) {
  switch (error) {
    case RD_KAFKA_RESP_ERR__BAD_MSG:
    case RD_KAFKA_RESP_ERR__BAD_COMPRESSION:
    case RD_KAFKA_RESP_ERR__NOT_IMPLEMENTED:
    case RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE:
    case RD_KAFKA_RESP_ERR_INVALID_MSG:
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
      return true;
    default:
      return false;
  }
}

}  // namespace

KafkaPartition::KafkaPartition(const std::string& topic, std::shared_ptr<KafkaConsumer> consumer,
                               std::shared_ptr<KafkaFeed> feed, const KafkaStart& start,
                               const PartitionContext& context)
    : Partition(topic + "/" + std::to_string(feed->partition)),
      topic_(topic),
      consumer_(std::move(consumer)),
      feed_(std::move(feed)),
      context_(context),
      stop_(start.stop),
      start_(start.place),
      skip_(start.place.bytes) {
  places_.Add(0, start.place.offset);
}

KafkaPartition::~KafkaPartition() {
  FreeBatch();
  feed_->GiveBackQueue();  // before the instance that it belongs to
}

Result<Progress> KafkaPartition::Read(Block* block) {
  if (Status status = consumer_->failure(); !status.ok()) return status;
  if (is_misplaced_) {
    if (Status status = FindPlace(); !status.ok()) return status;
    if (is_misplaced_) return Progress::kIdle;
  }
  while (block->text.size() < kReadBytes && !context_.stopping.load(std::memory_order_relaxed)) {
    if (in_record_) {
      if (FillFromRecord(block)) continue;
      break;
    }
    if (stop_ && feed_->next >= *stop_) End();
    if (ended_ || (in_batch_ == batch_size_ && !Fetch())) break;
    const rd_kafka_message_t& message = *batch_[in_batch_];
    if (message.err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      StartRecord(message);
      continue;
    }
    Status status = TakeEvent(message);
    NextMessage();
    if (is_misplaced_ && block->text.empty()) status = FindPlace();
    if (!status.ok()) return status;
    if (is_misplaced_) break;
  }
  if (!block->text.empty()) return Progress::kMore;
  return ended_ ? Progress::kEnd : Progress::kIdle;
}

// A batch has left the queue that bounds memory, so it is few when records are large, as far as the last ones tell.
bool KafkaPartition::Fetch() {
  FreeBatch();
  const ssize_t count = rd_kafka_consume_batch_queue(feed_->queue.get(), 0, batch_.data(), batch_limit_);
  batch_size_ = static_cast<std::size_t>(std::max<ssize_t>(count, 0));
  std::size_t bytes = batch_size_;
  for (std::size_t i = 0; i < batch_size_; ++i) bytes += batch_[i]->len;
  if (batch_size_ > 0) batch_limit_ = std::clamp<std::size_t>(kBatchBytes * batch_size_ / bytes, 1, kBatch);
  return batch_size_ > 0;
}

// All at once, and not one by one: the library's thread waits for the allocator meanwhile.
void KafkaPartition::FreeBatch() {
  for (std::size_t i = 0; i < batch_size_; ++i) rd_kafka_message_destroy(batch_[i]);
  in_batch_ = 0;
  batch_size_ = 0;
}

Status KafkaPartition::TakeEvent(const rd_kafka_message_t& message) {
  switch (message.err) {
    case RD_KAFKA_RESP_ERR__PARTITION_EOF:
      at_end_ = true;
      TellSkipped();
      // Between the last record and the end there are only marks of transactions.
      if (message.offset > feed_->next) feed_->next = message.offset;
      return Status();
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
      is_misplaced_ = true;
      return Status();
    default:
      if (IsDamage(message.err)) return TakeDamage(message);
      return consumer_->Judge({message.err, rd_kafka_message_errstr(&message)});
  }
}

void KafkaPartition::TellSkipped() {
  if (skip_ == 0) return;
  LogWarning(name() + ": ends before the place that was stored beside its offset, by " +
             FormatCount(std::exchange(skip_, 0), "byte") + ": lines were skipped; was the offset moved by hand?");
}

void KafkaPartition::End() {
  ended_ = true;
  TellSkipped();
}

// The broker did not have what is to be read next, and the library fetches nothing until it is told another place.
Status KafkaPartition::FindPlace() {
  if (context_.clock.Monotonic() < look_again_) return Status();
  Result<std::optional<KafkaRange>> range = consumer_->AskRange(feed_->partition);
  look_again_ = context_.clock.Monotonic() + kLookAgain;
  if (!range.ok()) return range.status();
  if (!*range) return Status();
  is_misplaced_ = false;
  if ((*range)->low <= feed_->next && feed_->next <= (*range)->high) return AskAgain(**range);
  return GoOnElsewhere(**range);
}

// It is there after all: the broker may have become the leader just now.
Status KafkaPartition::AskAgain(const KafkaRange& range) {
  constexpr int kMostTries = 5;
  const std::int64_t next = feed_->next;
  const std::string what = name() + ": the broker refuses offset " + std::to_string(next) +
                           ", though it has those from " + std::to_string(range.low) + " to " +
                           std::to_string(range.high);
  refused_times_ = refused_at_ == next ? refused_times_ + 1 : 1;
  refused_at_ = next;
  if (refused_times_ == kMostTries) return Status::Failed(what + "; begin elsewhere with --offset");
  if (refused_times_ == 1) LogWarning(what + "; asking for it again");
  return consumer_->Assign();
}

// What was known of the record at the old place is not true of that at another one.
Status KafkaPartition::GoOnElsewhere(const KafkaRange& range) {
  const std::int64_t next = feed_->next;
  if (range.low > next) {
    feed_->next = range.low;
    consumer_->CountLost(range.low - next);
    LogWarning(name() + ": the records from " + std::to_string(next) + " to " + std::to_string(range.low - 1) +
               " are gone (retention) before they were read; going on at the first that is there");
  } else {
    feed_->next = BeginInShortened(name(), range, next);
    if (stop_) stop_ = std::min(*stop_, range.high);
  }
  skip_ = 0;
  at_end_ = false;
  return consumer_->Assign();
}

// The library asks for it again, in case that it was damaged on its way; but one that fails its check sum it would
// leave out, and go on behind it.
Status KafkaPartition::TakeDamage(const rd_kafka_message_t& message) {
  const std::int64_t at = feed_->next;
  damaged_times_ = at == damaged_at_ ? damaged_times_ + 1 : 1;
  damaged_at_ = at;
  const int most = message.err == RD_KAFKA_RESP_ERR__BAD_MSG ? 1 : 5;
  const std::string what = name() + ": what begins at offset " + std::to_string(at) + " cannot be read (" +
                           rd_kafka_message_errstr(&message) + ")";
  if (damaged_times_ >= most) return Status::Failed(what + "; begin behind it with --offset");
  if (damaged_times_ == 1) LogWarning(what + "; trying again");
  return Status();
}

void KafkaPartition::StartRecord(const rd_kafka_message_t& message) {
  at_end_ = false;
  // After partitions were assigned anew some records come twice.
  const bool known = message.offset < feed_->next;
  if (stop_ && message.offset >= *stop_) End();
  if (known || ended_) return NextMessage();
  const auto* data = static_cast<const char*>(message.payload);
  places_.Add(text_end_, message.offset);
  if (std::exchange(is_first_, false) && skip_ > 0 && message.offset != start_.offset) {
    LogWarning(name() + ": record " + std::to_string(start_.offset) + " is gone (compaction?); going on at record " +
               std::to_string(message.offset) + ", so some lines may be missing, and some count twice");
    skip_ = 0;
  }
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
  NextMessage();
  return !block->too_long;
}

std::string KafkaPartition::EncodePosition(Position position) const {
  KafkaPlace place = places_.Find(position.offset);
  // Nothing was read yet: what an earlier run handed out stays known.
  if (place.offset == start_.offset) place.bytes = std::max(place.bytes, start_.bytes);
  return EncodeKafkaPosition({consumer_->cluster(), topic_, feed_->partition, place});
}

void KafkaPartition::AddTo(PollSet* set) const {
  set->Add(feed_->event.get(), POLLIN);
  if (is_misplaced_) set->DueIn(std::max<Micros>(look_again_ - context_.clock.Monotonic(), 0));
}

bool KafkaPartition::HasNews(const PollSet& set) {
  if (set.Fired(feed_->event.get())) DrainEvent(feed_->event);
  if (is_misplaced_) return context_.clock.Monotonic() >= look_again_;
  return rd_kafka_queue_length(feed_->queue.get()) > 0 || !consumer_->failure().ok();
}

}  // namespace socklog
