#include "transport/kafka/group_member.h"

#include <algorithm>
#include <chrono>

#include "base/log.h"
#include "transport/kafka/group_peers.h"
#include "transport/sink_stop.h"

namespace socklog {
namespace {

constexpr int kPollTime = 100;   // ms
constexpr int kServeTime = 500;  // ms that the watching thread waits for callbacks
constexpr Micros kNoteTime = 2 * kSecond;
// A transaction of another group in the same topic may hide what comes behind it until the broker ends it.
constexpr Micros kLongestTransaction = 90 * kSecond;
constexpr Micros kStopTime = 10 * kSecond;

KafkaSettings MemberSettings(const ConnectionOptions& options) {
  const std::string instance = GroupInstanceId(options);
  return {
      {"group.id", options.kafka.group},
      {"group.instance.id", instance},
      {"client.id", "socklog@" + instance},
      // The broker's least: so long a worker that died keeps other machines waiting.
      {"session.timeout.ms", "6000"},
      {"heartbeat.interval.ms", "1500"},
      {"partition.assignment.strategy", "range"},
      {"enable.auto.commit", "false"},
      {"enable.auto.offset.store", "false"},
      {"auto.offset.reset", "earliest"},
      {"isolation.level", "read_committed"},
      {"enable.partition.eof", "true"},
      {"allow.auto.create.topics", "false"},
      {"fetch.wait.max.ms", "100"},
      {"socket.timeout.ms", "10000"},
      {"reconnect.backoff.max.ms", "2000"},
  };
}

}  // namespace

Result<std::unique_ptr<KafkaGroupMember>> KafkaGroupMember::Join(const Endpoint& state_topic,
                                                                 const ConnectionOptions& options, const Clock& clock) {
  std::unique_ptr<KafkaGroupMember> member(new KafkaGroupMember(state_topic, options, clock));
  if (Status status = member->Start(); !status.ok()) return status;
  return member;
}

KafkaGroupMember::KafkaGroupMember(const Endpoint& state_topic, const ConnectionOptions& options, const Clock& clock)
    : endpoint_(state_topic), options_(options), clock_(clock), joiner_(options.kafka.group) {}

Status KafkaGroupMember::Start() {
  KafkaClient::Options options{endpoint_, options_, RD_KAFKA_CONSUMER, MemberSettings(options_), {}};
  options.on_rebalance = [this](rd_kafka_resp_err_t what, rd_kafka_topic_partition_list_t* partitions) {
    OnRebalance(what, partitions);
  };
  Result<std::unique_ptr<KafkaClient>> client = KafkaClient::New(std::move(options));
  if (!client.ok()) return client.status();
  client_ = std::move(*client);
  const Result<int> there = client_->WaitForTopic(options_.connect_timeout, clock_);
  if (!there.ok()) return there.status();
  const KafkaOffsets topics(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(topics.get(), endpoint_.topic.c_str(), RD_KAFKA_PARTITION_UA);
  const rd_kafka_resp_err_t error = rd_kafka_subscribe(client_->handle(), topics.get());
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return client_->Explain({error, rd_kafka_err2str(error)}, clock_);
  if (Status status = WaitForWork(); !status.ok()) return status;
  if (Status status = ReadState(); !status.ok()) return status;
  callbacks_.reset(rd_kafka_queue_get_consumer(client_->handle()));
  watcher_ = std::thread([this] { Watch(); });
  return Status();
}

KafkaGroupMember::~KafkaGroupMember() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  if (watcher_.joinable()) {
    rd_kafka_queue_yield(callbacks_.get());
    watcher_.join();
  }
  callbacks_.reset();
}

Status KafkaGroupMember::WaitForWork() {
  const Micros begin = clock_.Monotonic();
  while (work_ == Work::kUnknown) {
    if (SinkStopRequested()) return {StatusCode::kBrokenPipe, endpoint_.text + ": stopped"};
    const KafkaMessage message(rd_kafka_consumer_poll(client_->handle(), kPollTime));
    if (message != nullptr) Take(*message);
    const std::optional<KafkaProblem> problem = client_->problem();
    if ((problem && IsHopeless(*problem)) || clock_.Monotonic() - begin >= options_.connect_timeout)
      return client_->Explain(problem.value_or(KafkaProblem{RD_KAFKA_RESP_ERR__TIMED_OUT, "no answer"}), clock_);
  }
  return work_ == Work::kMine ? Status() : NotOurs();
}

// Up to what the broker has, not only to what it shows: behind an open transaction of another group there may be the
// last state of this one.
Status KafkaGroupMember::ReadState() {
  const Micros begin = clock_.Monotonic();
  bool told = false;
  std::int64_t end = -1;
  while (end < 0 || position_ < end) {
    if (SinkStopRequested()) return {StatusCode::kBrokenPipe, endpoint_.text + ": stopped"};
    if (work_ == Work::kOthers) return NotOurs();
    const KafkaMessage message(rd_kafka_consumer_poll(client_->handle(), kPollTime));
    if (message != nullptr) Take(*message);
    std::int64_t low = 0;
    std::int64_t high = -1;
    if (end < 0 && position_ >= 0 &&
        rd_kafka_get_watermark_offsets(client_->handle(), endpoint_.topic.c_str(), 0, &low, &high) ==
            RD_KAFKA_RESP_ERR_NO_ERROR)
      end = high;
    const std::optional<KafkaProblem> problem = client_->problem();
    const Micros waited = clock_.Monotonic() - begin;
    if ((problem && IsHopeless(*problem)) || waited >= kLongestTransaction)
      return client_->Explain(problem.value_or(KafkaProblem{RD_KAFKA_RESP_ERR__TIMED_OUT, "its end is not shown"}),
                              clock_);
    if (waited >= kNoteTime && !told) {
      told = true;
      LogNote(endpoint_.text + ": reading the state; a transaction that is open there holds it up");
    }
  }
  is_read_ = true;
  Result<std::optional<std::string>> state = joiner_.Join();
  joiner_ = StateJoiner(options_.kafka.group);
  if (!state.ok()) return Status(state.status().code(), endpoint_.text + ": " + state.status().message());
  state_ = std::move(*state);
  return Status();
}

void KafkaGroupMember::Take(const rd_kafka_message_t& message) {
  if (message.err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
    position_ = std::max(position_, message.offset);
    return;
  }
  if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    client_->AddProblem({message.err, rd_kafka_message_errstr(&message)});
    return;
  }
  position_ = std::max(position_, message.offset + 1);
  const std::string_view key(static_cast<const char*>(message.key), message.key_len);
  std::optional<std::string_view> value;
  if (message.payload != nullptr) value.emplace(static_cast<const char*>(message.payload), message.len);
  joiner_.Add(key, value);
}

// Nothing is read of the topic but once: what is written from then on is this member's own.
void KafkaGroupMember::OnRebalance(rd_kafka_resp_err_t what, rd_kafka_topic_partition_list_t* partitions) {
  const bool given = what == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS;
  if (given) {
    for (int i = 0; i < partitions->cnt; ++i)
      partitions->elems[i].offset = is_read_ ? RD_KAFKA_OFFSET_END : RD_KAFKA_OFFSET_BEGINNING;
    rd_kafka_assign(client_->handle(), partitions);
    if (is_read_ && partitions->cnt > 0) rd_kafka_pause_partitions(client_->handle(), partitions);
  } else {
    rd_kafka_assign(client_->handle(), nullptr);
  }
  const std::lock_guard lock(mutex_);
  work_ = !given ? Work::kUnknown : partitions->cnt > 0 ? Work::kMine : Work::kOthers;
  changed_.notify_all();
}

void KafkaGroupMember::Watch() {
  const KafkaOffsets own(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(own.get(), endpoint_.topic.c_str(), 0);
  rd_kafka_pause_partitions(client_->handle(), own.get());
  for (;;) {
    {
      const std::lock_guard lock(mutex_);
      if (closing_) return;
      if (work_ == Work::kOthers && failure_.ok()) failure_ = NotOurs();
      if (!failure_.ok()) changed_.notify_all();
    }
    client_->Poll(kServeTime);
    const std::optional<KafkaProblem> problem = client_->problem();
    if (problem && IsHopeless(*problem)) Fail(client_->Explain(*problem, clock_));
    client_->ForgetProblems();
  }
}

Result<KafkaGroupMetadata> KafkaGroupMember::Metadata() {
  std::unique_lock lock(mutex_);
  const auto is_settled = [this] { return work_ == Work::kMine || !failure_.ok(); };
  Micros stop_seen = 0;
  while (!changed_.wait_for(lock, std::chrono::milliseconds(kPollTime), is_settled)) {
    const Micros now = clock_.Monotonic();
    if (SinkStopRequested() && stop_seen == 0) stop_seen = now;
    if (stop_seen != 0 && now - stop_seen >= kStopTime)
      return Status::Failed(endpoint_.text + ": at the stop group '" + options_.kafka.group +
                            "' could not be reached; what was found last is told by the next run");
  }
  if (!failure_.ok()) return failure_;
  return KafkaGroupMetadata(rd_kafka_consumer_group_metadata(client_->handle()));
}

Status KafkaGroupMember::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

void KafkaGroupMember::Fail(const Status& status) {
  const std::lock_guard lock(mutex_);
  if (failure_.ok()) failure_ = status;
  changed_.notify_all();
}

Status KafkaGroupMember::NotOurs() const {
  return Status::Failed(endpoint_.text + ": another instance works for group '" + options_.kafka.group +
                        "'; stop it first, or give another --group");
}

}  // namespace socklog
