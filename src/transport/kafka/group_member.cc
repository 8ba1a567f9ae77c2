#include "transport/kafka/group_member.h"

#include <algorithm>
#include <chrono>

#include "base/log.h"
#include "transport/kafka/group_peers.h"
#include "transport/kafka/member_settings.h"
#include "transport/kafka/range.h"
#include "transport/kafka/wait_notice.h"
#include "transport/sink_stop.h"

namespace socklog {
namespace {

constexpr int kPollTime = 100;      // ms
constexpr int kReleaseTime = 5000;  // ms that a transaction may hold up a change of the group
constexpr int kServeTime = 500;     // ms that the watching thread waits for callbacks
constexpr int kEndTime = 500;       // ms for the end of the state topic
constexpr Micros kNoteTime = 2 * kSecond;
// A transaction of another group in the same topic may hide what comes behind it until the broker ends it.
constexpr Micros kLongestTransaction = 90 * kSecond;
constexpr Micros kStopTime = 10 * kSecond;

}  // namespace

Result<std::unique_ptr<KafkaGroupMember>> KafkaGroupMember::Join(const Endpoint& state_topic,
                                                                 const ConnectionOptions& options, const Clock& clock,
                                                                 KafkaTransactions* transactions) {
  std::unique_ptr<KafkaGroupMember> member(new KafkaGroupMember(state_topic, options, clock));
  if (Status status = member->Start(transactions); !status.ok()) return status;
  return member;
}

KafkaGroupMember::KafkaGroupMember(const Endpoint& state_topic, const ConnectionOptions& options, const Clock& clock)
    : endpoint_(state_topic), options_(options), clock_(clock), joiner_(options.kafka.group) {}

Status KafkaGroupMember::Start(KafkaTransactions* transactions) {
  if (Status status = Subscribe(transactions->client().settings()); !status.ok()) return status;
  if (Status status = WaitForWork(transactions); !status.ok()) return status;
  if (Status status = transactions->Begin(); !status.ok()) return status;
  if (Status status = ReadState(); !status.ok()) return status;
  callbacks_.reset(rd_kafka_queue_get_consumer(client_->handle()));
  return StartThread([this] { Watch(); }, &watcher_);
}

Status KafkaGroupMember::Subscribe(const KafkaSettings& user) {
  MemberSettings settings = SettingsOfMember(options_.kafka, user, clock_);
  KafkaClient::Options options{endpoint_, options_, RD_KAFKA_CONSUMER, std::move(settings.chosen), {}};
  options.binding = std::move(settings.binding);
  options.on_rebalance = [this](rd_kafka_resp_err_t what, rd_kafka_topic_partition_list_t* partitions) {
    OnRebalance(what, partitions);
  };
  Result<std::unique_ptr<KafkaClient>> client = KafkaClient::New(std::move(options));
  if (!client.ok()) return client.status();
  client_ = std::move(*client);
  client_->RequireGroup();
  const Result<int> there = client_->WaitForTopic(options_.connect_timeout, clock_);
  if (!there.ok()) return there.status();
  const KafkaOffsets topics(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(topics.get(), endpoint_.topic.c_str(), RD_KAFKA_PARTITION_UA);
  const rd_kafka_resp_err_t error = rd_kafka_subscribe(client_->handle(), topics.get());
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return Status();
  return client_->Explain({error, rd_kafka_err2str(error)}, clock_);
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
  // One that stands by need not wait until the broker has noticed. A static member keeps its place.
  if (client_ != nullptr && options_.kafka.standby) rd_kafka_consumer_close(client_->handle());
}

Status KafkaGroupMember::WaitForWork(KafkaTransactions* transactions) {
  const Micros begin = clock_.Monotonic();
  bool told = false;
  while (work_ != Work::kMine) {
    if (SinkStopRequested()) return {StatusCode::kBrokenPipe, endpoint_.text + ": stopped"};
    const KafkaMessage message(rd_kafka_consumer_poll(client_->handle(), kPollTime));
    if (message != nullptr) Take(*message);
    transactions->Idle();
    const std::optional<KafkaProblem> problem = client_->problem();
    const bool in_vain = !told && clock_.Monotonic() - begin >= options_.connect_timeout;
    if ((problem && IsHopeless(*problem)) || in_vain)
      return client_->Explain(problem.value_or(KafkaProblem{RD_KAFKA_RESP_ERR__TIMED_OUT, "no answer"}), clock_);
    if (work_ != Work::kOthers) continue;
    if (!options_.kafka.standby) return TakenError(endpoint_, options_.kafka.group, "it was given the state topic");
    if (!told) LogNote(endpoint_.text + ": standing by for group '" + options_.kafka.group + "'");
    told = true;
  }
  if (told) LogNote(endpoint_.text + ": taking over the work of group '" + options_.kafka.group + "'");
  return Status();
}

// The group's offset, see GroupWork::Commit, is only a hint: other programs may have moved it.
Status KafkaGroupMember::ReadState() {
  for (const std::int64_t from : {std::int64_t{RD_KAFKA_OFFSET_STORED}, std::int64_t{RD_KAFKA_OFFSET_BEGINNING}}) {
    if (Status status = ReadRecords(from); !status.ok()) return status;
    state_ = joiner_.Join();
    state_keys_ = joiner_.Keys();
    joiner_ = StateJoiner(options_.kafka.group);
    if ((state_.ok() && state_.value()) || begin_ == 0) break;
  }
  return Status();
}

// A broker that has just become the leader may not know yet how far the topic is committed, and would show an end that
// is too early. It answers what the end is only once it does (KIP-207).
Status KafkaGroupMember::WaitForEnd() {
  const Micros begin = clock_.Monotonic();
  std::vector<std::int64_t> end(1);
  for (;;) {
    const rd_kafka_resp_err_t error = AskKafkaEnds(client_->handle(), endpoint_.topic, 0, kEndTime, &end);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return Status();
    if (SinkStopRequested()) return {StatusCode::kBrokenPipe, endpoint_.text + ": stopped"};
    client_->Poll(kPollTime);
    const KafkaProblem problem = client_->problem().value_or(KafkaProblem{error, rd_kafka_err2str(error)});
    if (IsHopeless(problem) || clock_.Monotonic() - begin >= kLongestTransaction)
      return client_->Explain(problem, clock_);
  }
}

// Up to what the broker has, not only to what it shows: behind an open transaction of another group there may be the
// last state of this one.
Status KafkaGroupMember::ReadRecords(std::int64_t from) {
  if (Status status = WaitForEnd(); !status.ok()) return status;
  Micros moved = clock_.Monotonic();
  bool told = false;
  std::int64_t end = -1;
  from_ = from;
  position_ = -1;
  reading_ = true;
  AssignState();
  while (end < 0 || position_ < end) {
    if (SinkStopRequested()) return {StatusCode::kBrokenPipe, endpoint_.text + ": stopped"};
    const std::int64_t before = position_;
    const KafkaMessage message(rd_kafka_consumer_poll(client_->handle(), kPollTime));
    if (message != nullptr) Take(*message);
    if (position_ != before) moved = clock_.Monotonic();
    std::int64_t low = 0;
    std::int64_t high = -1;
    if (end < 0 && position_ >= 0 &&
        rd_kafka_get_watermark_offsets(client_->handle(), endpoint_.topic.c_str(), 0, &low, &high) ==
            RD_KAFKA_RESP_ERR_NO_ERROR)
      end = high;
    const std::optional<KafkaProblem> problem = client_->problem();
    const Micros waited = clock_.Monotonic() - moved;
    if ((problem && IsHopeless(*problem)) || waited >= kLongestTransaction)
      return client_->Explain(problem.value_or(KafkaProblem{RD_KAFKA_RESP_ERR__TIMED_OUT, "its end is not shown"}),
                              clock_);
    if (waited >= kNoteTime && !told) {
      told = true;
      LogNote(
          endpoint_.text + ": reading the state; " +
          (problem ? problem->text : "the broker does not answer, or a transaction that is open there holds it up"));
    }
  }
  reading_ = false;
  AssignState();
  return Status();
}

void KafkaGroupMember::Take(const rd_kafka_message_t& message) {
  const bool tells_place = message.err == RD_KAFKA_RESP_ERR__PARTITION_EOF || message.err == RD_KAFKA_RESP_ERR_NO_ERROR;
  if (tells_place && position_ < 0) begin_ = message.offset;
  if (message.err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
    position_ = std::max(position_, message.offset);
    return;
  }
  if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    client_->AddProblem(client_->ProblemOf(message));
    return;
  }
  position_ = std::max(position_, message.offset + 1);
  const std::string_view key(static_cast<const char*>(message.key), message.key_len);
  std::optional<std::string_view> value;
  if (message.payload != nullptr) value.emplace(static_cast<const char*>(message.payload), message.len);
  joiner_.Add(key, value);
}

// What is fetched: apart from what the group gives.
void KafkaGroupMember::AssignState() {
  const KafkaOffsets list(rd_kafka_topic_partition_list_new(1));
  if (reading_) rd_kafka_topic_partition_list_add(list.get(), endpoint_.topic.c_str(), 0)->offset = from_;
  rd_kafka_assign(client_->handle(), list.get());
}

// To be given the partition is only a sign. It is read once, after the transactional id was taken: what was known of
// its end before could be too little.
void KafkaGroupMember::OnRebalance(rd_kafka_resp_err_t what, const rd_kafka_topic_partition_list_t* partitions) {
  if (what != RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
    GiveUpWork();
    rd_kafka_assign(client_->handle(), nullptr);
    return;
  }
  AssignState();
  const std::lock_guard lock(mutex_);
  work_ = partitions->cnt > 0 ? Work::kMine : Work::kOthers;
  changed_.notify_all();
}

// Until this is answered the group has the same generation, of which the transaction under way speaks. The broker waits
// for the session time-out and longer. Where the membership is lost already, nothing is gained.
void KafkaGroupMember::GiveUpWork() {
  const bool is_lost = rd_kafka_assignment_lost(client_->handle()) != 0;
  std::unique_lock lock(mutex_);
  if (!is_lost) changed_.wait_for(lock, std::chrono::milliseconds(kReleaseTime), [this] { return !held_ || closing_; });
  work_ = Work::kUnknown;  // at once, or another transaction would begin with the generation that is given up
}

void KafkaGroupMember::Watch() {
  for (;;) {
    {
      const std::lock_guard lock(mutex_);
      if (closing_) return;
    }
    client_->Poll(kServeTime);
    const std::optional<KafkaProblem> problem = client_->problem();
    if (problem && IsHopeless(*problem)) Fail(client_->Explain(*problem, clock_));
    client_->ForgetProblems();
  }
}

Result<KafkaGroupMetadata> KafkaGroupMember::Hold() {
  std::unique_lock lock(mutex_);
  // Also where the group gave the partition to another: who has the transactional id works.
  const auto is_settled = [this] { return work_ != Work::kUnknown || !failure_.ok(); };
  const std::string group = endpoint_.text + ": group '" + options_.kafka.group + "'";
  StopPatience stop(kStopTime);
  WaitNotice notice(clock_.Monotonic());
  while (!changed_.wait_for(lock, std::chrono::milliseconds(kPollTime), is_settled)) {
    if (stop.IsOver(clock_.Monotonic())) {
      return Status::Failed(group + " could not be reached at the stop; what was found last is told by the next run");
    }
    if (notice.IsDue(clock_.Monotonic()))
      notice.Tell(group + " does not answer; what was found waits until it does, and is not told yet");
  }
  notice.End(group + " answers again");
  if (!failure_.ok()) return failure_;
  held_ = true;
  return KafkaGroupMetadata(rd_kafka_consumer_group_metadata(client_->handle()));
}

void KafkaGroupMember::Release() {
  const std::lock_guard lock(mutex_);
  held_ = false;
  changed_.notify_all();
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

}  // namespace socklog
