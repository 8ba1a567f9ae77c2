// Records for several topics that arrive together with a group's offsets, or not at all.
#ifndef SOCKLOG_TRANSPORT_KAFKA_TRANSACTION_H_
#define SOCKLOG_TRANSPORT_KAFKA_TRANSACTION_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "socklog/sink.h"
#include "transport/kafka/client.h"
#include "transport/sink_stop.h"

namespace socklog {

// The group whose offsets a transaction writes.
class TransactionGroup {
 public:
  virtual ~TransactionGroup() = default;
  // What the broker is told of the group: valid until Release, as long as it can be. Waits while members come and go,
  // and after an outage until the group is joined anew. Errors: another has the work; the program is to stop and the
  // group is not there (kFailed).
  virtual Result<KafkaGroupMetadata> Hold() = 0;
  virtual void Release() = 0;
};

// Holds records until Commit, so that no transaction is open for long. After an error nothing more can be committed;
// what was not is in no topic. Thread-compatible.
class KafkaTransactions {
 public:
  // Waits for the broker up to --connect-timeout. `endpoint`: the state topic. `clock` is borrowed. Errors: the topic
  // has not one partition (kUsage); as KafkaClient::WaitForTopic.
  static Result<std::unique_ptr<KafkaTransactions>> Open(const Endpoint& endpoint, const ConnectionOptions& options,
                                                         const Clock& clock);

  // What it sets.
  static KafkaSettings Settings(const std::string& group);

  // Forgets what went wrong so far. To be called now and then while nothing is written.
  void Idle();
  // Takes the group's transactional id: ends what the one before left open, and keeps that one from writing. Errors: a
  // permission that is missing (kFailed), no answer in --connect-timeout (kUnavailable), StopSinks (kBrokenPipe).
  Status Begin();

  KafkaClient& client() { return *client_; }
  // A topic of the same brokers, once the broker has told its partitions. Errors: as KafkaClient::WaitForTopic.
  Result<rd_kafka_topic_t*> AddTopic(const std::string& name);

  // Copies the record. `partition`: see ProduceRecord.
  void Add(rd_kafka_topic_t* topic, int partition, const OutputRecord& record);
  bool empty() const { return held_.empty(); }
  std::size_t held_bytes() const { return held_bytes_; }

  // All that was added since the last time, and these offsets. Goes on trying while the broker is away, but not long
  // after StopSinks. Errors: nothing of it is in a topic, and another transaction may go well, of another instance of
  // this class (kAborted); another has taken over, a record that no topic takes, the broker was away for too long
  // (kFailed).
  Status Commit(const KafkaOffsets& offsets, TransactionGroup* group);

  // Where the records of the last transaction begin in the endpoint's topic, of which partition 0 is written; 0: there
  // was none.
  std::int64_t first_offset() const { return first_offset_; }

 private:
  struct Held {
    rd_kafka_topic_t* topic;
    int partition;
    std::optional<std::string> line;  // nullopt: a tombstone
    std::string key;
    Micros time;
    std::vector<std::pair<std::string, std::string>> headers;
  };
  enum class Outcome { kDone, kAbort, kFailed };

  explicit KafkaTransactions(const ConnectionOptions& options, const Clock& clock)
      : connect_timeout_(options.connect_timeout), clock_(clock) {}
  Outcome Try(const KafkaOffsets& offsets, TransactionGroup* group);
  Outcome Write(const KafkaOffsets& offsets, const KafkaGroupMetadata& metadata);
  Outcome Produce(const Held& held);
  Outcome WhyItFailed();
  Outcome Call(const std::function<rd_kafka_error_t*()>& call);
  Outcome Abort();
  void AbortAfterFailure();
  Outcome Fail(const Status& status);
  Outcome FailBecauseOf(KafkaProblem problem, const std::string& topic = "");
  void Delivered(const rd_kafka_message_t& message);

  const Micros connect_timeout_;
  const Clock& clock_;
  std::unique_ptr<KafkaClient> client_;
  std::vector<KafkaTopic> topics_;
  std::vector<Held> held_;
  std::size_t held_bytes_ = 0;
  std::optional<KafkaProblem> refused_;  // a record, for which another attempt is of no use
  std::string refused_by_;               // topic
  KafkaProblem last_;                    // what went wrong last
  std::int64_t first_offset_ = 0;
  std::optional<std::int64_t> first_of_this_;  // transaction
  StopPatience stop_{10 * kSecond};
  Status failed_;  // once and for all
};

}  // namespace socklog

#endif  // SOCKLOG_TRANSPORT_KAFKA_TRANSACTION_H_
