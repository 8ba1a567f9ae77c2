// Membership of a consumer group, which is given the work or is not, and the state that the group left.
#ifndef SOCKLOG_TRANSPORT_KAFKA_GROUP_MEMBER_H_
#define SOCKLOG_TRANSPORT_KAFKA_GROUP_MEMBER_H_

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>

#include "transport/kafka/client.h"
#include "transport/kafka/state_records.h"
#include "transport/kafka/transaction.h"

namespace socklog {

// Subscribes to the state topic: who is given its one partition takes the group's transactional id, and works for as
// long as no other has taken that. What is analysed is read by others, who are in no group. A thread of its own keeps
// the membership. Thread-safe.
class KafkaGroupMember : public TransactionGroup {
 public:
  // Returns once the work is this member's and the state is read; with --standby that may take for ever. `transactions`
  // takes the group's transactional id first, so that nothing of an earlier instance is under way when the state is
  // read.
  // Errors: another member has the work (kFailed, without --standby); as KafkaClient::WaitForTopic; those of
  // KafkaTransactions::Begin.
  static Result<std::unique_ptr<KafkaGroupMember>> Join(const Endpoint& state_topic, const ConnectionOptions& options,
                                                        const Clock& clock, KafkaTransactions* transactions);
  ~KafkaGroupMember() override;

  // As it was when this member joined; see StateJoiner::Join.
  const Result<std::optional<std::string>>& state() const { return state_; }
  // Of the group's records that were there.
  const std::set<std::string>& state_keys() const { return state_keys_; }
  // Where that was looked for in the state topic: it lies there or behind it.
  std::int64_t state_begin() const { return begin_; }

  Result<KafkaGroupMetadata> Hold() override;
  void Release() override;
  // Why this member cannot go on.
  Status failure() const;

 private:
  enum class Work { kUnknown, kMine, kOthers };

  KafkaGroupMember(const Endpoint& state_topic, const ConnectionOptions& options, const Clock& clock);
  Status Start(KafkaTransactions* transactions);
  Status Subscribe(const KafkaSettings& user);
  Status WaitForWork(KafkaTransactions* transactions);
  Status ReadState();
  Status WaitForEnd();
  Status ReadRecords(std::int64_t from);
  void AssignState();
  void Take(const rd_kafka_message_t& message);
  void GiveUpWork();
  void OnRebalance(rd_kafka_resp_err_t what, const rd_kafka_topic_partition_list_t* partitions);
  void Watch();
  void Fail(const Status& status);

  const Endpoint endpoint_;
  const ConnectionOptions options_;
  const Clock& clock_;
  std::unique_ptr<KafkaClient> client_;
  KafkaQueue callbacks_;
  Result<std::optional<std::string>> state_ = std::optional<std::string>();
  std::set<std::string> state_keys_;
  StateJoiner joiner_;
  std::int64_t begin_ = 0;                      // in the state topic, of what was read
  std::int64_t position_ = -1;                  // in it; -1: nothing is known
  bool reading_ = false;                        // the state
  std::int64_t from_ = RD_KAFKA_OFFSET_STORED;  // where that begins

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Work work_ = Work::kUnknown;
  bool held_ = false;  // by a transaction
  Status failure_;
  bool closing_ = false;
  std::thread watcher_;
};

}  // namespace socklog

#endif  // SOCKLOG_TRANSPORT_KAFKA_GROUP_MEMBER_H_
