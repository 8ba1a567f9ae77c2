// Membership of a consumer group, which is given the work or is not, and the state that the group left.
#ifndef SOCKLOG_TRANSPORT_KAFKA_GROUP_MEMBER_H_
#define SOCKLOG_TRANSPORT_KAFKA_GROUP_MEMBER_H_

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "transport/kafka/client.h"
#include "transport/kafka/state_records.h"
#include "transport/kafka/transaction.h"

namespace socklog {

// Subscribes to the state topic: who is given its one partition works. What is analysed is read by others, who are in
// no group. A thread of its own keeps the membership. Thread-safe.
class KafkaGroupMember {
 public:
  // Returns once the work is this member's and the state is read. REQUIRES: the group's transactional id was taken
  // before, so that nothing of an earlier instance is under way. Errors: another member has the work (kFailed); as
  // KafkaClient::WaitForTopic; the state is damaged (kDataLoss).
  static Result<std::unique_ptr<KafkaGroupMember>> Join(const Endpoint& state_topic, const ConnectionOptions& options,
                                                        const Clock& clock);
  ~KafkaGroupMember();

  // As it was when this member joined; nullopt: there was none.
  const std::optional<std::string>& state() const { return state_; }

  // For a transaction. After an outage the group has to be joined anew, which is waited for. Errors: failure(); the
  // program is to stop and the group is not there (kFailed).
  Result<KafkaGroupMetadata> Metadata();
  // Why this member does not work any more.
  Status failure() const;

 private:
  enum class Work { kUnknown, kMine, kOthers };

  KafkaGroupMember(const Endpoint& state_topic, const ConnectionOptions& options, const Clock& clock);
  Status Start();
  Status WaitForWork();
  Status ReadState();
  void Take(const rd_kafka_message_t& message);
  void OnRebalance(rd_kafka_resp_err_t what, rd_kafka_topic_partition_list_t* partitions);
  void Watch();
  void Fail(const Status& status);
  Status NotOurs() const;

  const Endpoint endpoint_;
  const ConnectionOptions options_;
  const Clock& clock_;
  std::unique_ptr<KafkaClient> client_;
  KafkaQueue callbacks_;
  std::optional<std::string> state_;
  StateJoiner joiner_;
  std::int64_t position_ = -1;  // in the state topic; -1: nothing is known
  bool is_read_ = false;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Work work_ = Work::kUnknown;
  Status failure_;
  bool closing_ = false;
  std::thread watcher_;
};

}  // namespace socklog

#endif  // SOCKLOG_TRANSPORT_KAFKA_GROUP_MEMBER_H_
