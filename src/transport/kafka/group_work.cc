#include "transport/group_work.h"

#include <algorithm>
#include <cstring>
#include <set>

#include "base/log.h"
#include "transport/kafka/group_member.h"
#include "transport/kafka/group_peers.h"
#include "transport/kafka/position.h"
#include "transport/kafka/produce.h"
#include "transport/kafka/transaction.h"

namespace socklog {
namespace {

// Lines become records of the next transaction.
class HeldSink : public Sink {
 public:
  HeldSink(KafkaTransactions* transactions, rd_kafka_topic_t* topic) : transactions_(*transactions), topic_(topic) {}

  bool takes_records() const override { return true; }
  Status Write(std::string_view lines) override {
    while (!lines.empty()) transactions_.Add(topic_, RD_KAFKA_PARTITION_UA, {TakeLine(&lines)});
    return Status();
  }
  Status WriteRecord(const OutputRecord& record) override {
    transactions_.Add(topic_, RD_KAFKA_PARTITION_UA, record);
    return Status();
  }
  Status Flush(bool) override { return Status(); }
  std::uint64_t length() const override { return 0; }

 private:
  KafkaTransactions& transactions_;
  rd_kafka_topic_t* const topic_;
};

class KafkaGroupWork : public GroupWork {
 public:
  explicit KafkaGroupWork(std::string group) : group_(std::move(group)) {}

  Status Start(const Endpoint& state_topic, const ConnectionOptions& options, const Clock& clock) {
    Result<std::unique_ptr<KafkaTransactions>> transactions = KafkaTransactions::Open(state_topic, options, clock);
    if (!transactions.ok()) return transactions.status();
    transactions_ = std::move(*transactions);
    if (!options.kafka.standby) {
      Result<UniqueFd> lock = LockGroup(transactions_->client(), group_);
      if (!lock.ok()) return lock.status();
      lock_ = std::move(*lock);
      if (Status status = WaitForNoPeers(&transactions_->client(), options, clock); !status.ok()) return status;
    }
    Result<std::unique_ptr<KafkaGroupMember>> member =
        KafkaGroupMember::Join(state_topic, options, clock, transactions_.get());
    if (!member.ok()) return member.status();
    member_ = std::move(*member);
    keys_ = member_->state_keys();
    LogNote(state_topic.text + ": this instance works for group '" + group_ + "'");
    return Status();
  }

  const Result<std::optional<std::string>>& state() const override { return member_->state(); }

  Result<std::unique_ptr<Sink>> OpenSink(const Endpoint& endpoint) override {
    Result<rd_kafka_topic_t*> topic = transactions_->AddTopic(endpoint.topic);
    if (!topic.ok()) return topic.status();
    return std::unique_ptr<Sink>(std::make_unique<HeldSink>(transactions_.get(), *topic));
  }

  std::size_t held_bytes() const override { return transactions_->held_bytes(); }

  Status Commit(std::string_view state, const std::vector<std::string>& positions, const std::string& note) override {
    if (state == committed_ && transactions_->empty()) return Check();
    std::string line;
    std::set<std::string> keys;
    for (const StateRecord& record : CutState(group_, state, keys_)) {
      OutputRecord output{{}, record.key};
      if (record.value) {
        line = *record.value + '\n';  // which a record leaves out
        output.line = line;
        keys.insert(record.key);
      }
      transactions_->Add(transactions_->client().topic(), 0, output);
    }
    const KafkaOffsets offsets = OffsetsOf(positions, note);
    if (Status status = transactions_->Commit(offsets, member_.get()); !status.ok()) return status;
    committed_ = state;
    ++commits_;
    keys_ = std::move(keys);
    return Status();
  }

  int commits() const override { return commits_; }

  Status Check() const override { return member_->failure(); }

 private:
  // In the state topic the offset of the state before this one, so that the next instance reads two, however long the
  // topic is, unless somebody moves it. The library frees what stands beside an offset.
  KafkaOffsets OffsetsOf(const std::vector<std::string>& positions, const std::string& note) const {
    KafkaOffsets offsets(rd_kafka_topic_partition_list_new(static_cast<int>(positions.size()) + 1));
    const std::string& state_topic = transactions_->client().endpoint().topic;
    rd_kafka_topic_partition_list_add(offsets.get(), state_topic.c_str(), 0)->offset =
        std::max(transactions_->first_offset(), member_->state_begin());
    for (const std::string& text : positions) {
      const std::optional<SavedKafkaPosition> position = DecodeKafkaPosition(text);
      if (!position) continue;
      rd_kafka_topic_partition_t* element =
          rd_kafka_topic_partition_list_add(offsets.get(), position->topic.c_str(), position->partition);
      element->offset = position->place.offset;
      const std::string beside = EncodeKafkaNote(note, position->place);
      element->metadata = strdup(beside.c_str());
      element->metadata_size = beside.size();
    }
    return offsets;
  }

  const std::string group_;
  UniqueFd lock_;
  std::unique_ptr<KafkaTransactions> transactions_;
  std::unique_ptr<KafkaGroupMember> member_;
  std::set<std::string> keys_;  // of the group's records in the topic
  std::string committed_;       // by this instance
  int commits_ = 0;
};

}  // namespace

Result<std::unique_ptr<GroupWork>> OpenGroupWork(const Endpoint& state_topic, const ConnectionOptions& options,
                                                 const Clock& clock) {
  auto work = std::make_unique<KafkaGroupWork>(options.kafka.group);
  if (Status status = work->Start(state_topic, options, clock); !status.ok()) return status;
  return std::unique_ptr<GroupWork>(std::move(work));
}

}  // namespace socklog
