// Reading a topic: who is connected, and which partitions there are.
#ifndef SOCKLOG_TRANSPORT_KAFKA_CONSUMER_H_
#define SOCKLOG_TRANSPORT_KAFKA_CONSUMER_H_

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "transport/fd.h"
#include "transport/kafka/client.h"
#include "transport/kafka/start.h"
#include "transport/partition.h"

namespace socklog {

// One partition as the library reads it ahead, into a queue of its own: a partition that nobody takes records from
// stops being fetched once that is full, and holds up no other.
struct KafkaFeed {
  int partition = 0;
  std::atomic<std::int64_t> next{0};  // offset that is to be read next
  std::atomic<bool> has_leader{true};
  KafkaQueue queue;
  UniqueFd event;  // readable when there was something new in the queue

  // The library keeps a queue that was given back, and must not write to a descriptor that is somebody else's by then.
  void GiveBackQueue() {
    if (queue != nullptr) rd_kafka_queue_io_event_enable(queue.get(), -1, nullptr, 0);
    queue.reset();
  }
};

// Assigns itself all partitions of a topic: nobody else is asked, and no group is joined. A thread of its own serves
// the library, watches whether the broker can be reached, and looks for new partitions, which are read from their
// beginning.
//
// Thread-safe, but TakeOpened, TakeNew, AskLag and the partitions' Read, which come one after the other.
class KafkaConsumer : public PartitionSupplier, public std::enable_shared_from_this<KafkaConsumer> {
 public:
  struct Opened {
    std::unique_ptr<Partition> partition;
    std::optional<std::size_t> resume_index;  // see KafkaStart
  };

  // What it sets. `group`: empty for none. `queue`: KiB of read-ahead for each partition.
  static KafkaSettings Settings(const std::string& group, int queue = kLargestQueue);

  // Waits for the broker up to --connect-timeout. Errors: as KafkaClient::WaitForTopic and FindKafkaStarts.
  static Result<std::shared_ptr<KafkaConsumer>> Open(KafkaReading reading, const PartitionContext& context);
  ~KafkaConsumer() override;

  // Those that there were at the start, in their order. REQUIRES: called once.
  std::vector<Opened> TakeOpened() { return std::move(opened_); }

  Result<std::vector<std::unique_ptr<Partition>>> TakeNew() override;
  bool complete() const override { return reading_.until_end; }
  void AddTo(PollSet* set) const override;
  std::uint64_t lost() const override { return lost_; }
  std::uint64_t AskLag() override;

  // For the partitions: whether the end of a partition, once reached, can be believed.
  bool reachable() const { return reachable_; }
  const std::string& cluster() const { return client_->cluster(); }
  // Why reading cannot go on.
  Status failure() const;
  // A problem that came with a partition's records: what to tell, or ok if the library will get over it.
  Status Judge(const KafkaProblem& problem);
  // What a partition has now; nullopt: nobody has told, the watching thread looks why. Waits for a second at the most.
  // Error: why there will be no answer.
  Result<std::optional<KafkaRange>> AskRange(int partition);
  // Reading begins anew at each partition's KafkaFeed::next. Error: kFailed
  Status Assign();
  void CountLost(std::int64_t records);

 private:
  static constexpr int kLargestQueue = 64 << 10;

  KafkaConsumer(KafkaReading reading, const PartitionContext& context)
      : reading_(std::move(reading)), context_(context) {}
  // `queue`: KiB of each partition. Returns the number of partitions.
  Result<int> Connect(int queue);
  Status Start();
  Result<std::shared_ptr<KafkaFeed>> NewFeed(int partition, std::int64_t next);
  Status NoEvent(int error) const;
  std::vector<std::int64_t> AskEnds() const;
  void Watch();
  void LookAtBroker();
  void Fail(const Status& status);
  void NoteLeaders(const std::vector<bool>& led);
  void NoteAnswer(const std::vector<bool>& led);
  bool LeadersAnswer(const std::vector<bool>& led);
  void Wake();

  const KafkaReading reading_;
  const PartitionContext context_;
  std::unique_ptr<KafkaClient> client_;
  std::vector<std::shared_ptr<KafkaFeed>> feeds_;  // what the watching thread sees is guarded by mutex_
  std::vector<Opened> opened_;
  std::atomic<std::uint64_t> lost_{0};

  UniqueFd news_;  // readable when TakeNew or failure() may tell something new
  std::atomic<bool> has_news_{false};
  std::atomic<int> partitions_there_{0};
  std::atomic<bool> reachable_{true};
  std::atomic<bool> closing_{false};
  mutable std::mutex mutex_;
  Status failure_;
  bool told_away_ = false;  // of the watching thread, as what follows
  bool misses_leader_ = false;
  Micros unknown_since_ = -1;
  int unanswered_ = 0;
  KafkaQueue callbacks_;
  std::thread watcher_;
};

}  // namespace socklog

#endif  // SOCKLOG_TRANSPORT_KAFKA_CONSUMER_H_
