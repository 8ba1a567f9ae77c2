#include "transport/kafka/consumer.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/log.h"
#include "base/text.h"
#include "transport/kafka/kafka_partition.h"

namespace socklog {
namespace {

constexpr Micros kLookInterval =
    kSecond;  // for new partitions: less than --lateness is by default, or their first lines would be late
constexpr Micros kDeletedTime = 2 * kSecond;      // a topic that was deleted stays unknown
constexpr int kServeTime = 500;                   // ms that the watching thread waits for callbacks
constexpr int kAnswerTime = 3000;                 // ms that a broker has to answer
constexpr int kRangeTime = 500;                   // ms that reading waits for each end of a partition
constexpr int kLagTime = 1000;                    // ms for the ends of all partitions
constexpr std::string_view kNoGroup = "socklog";  // the library needs a name, though no group is joined

// What may wait in the queues of all partitions, and of one. The library may sleep for a second once all are full; the
// largest one, kLargestQueue, is meant to last for that long.
constexpr int kAllQueues = 256 << 10;  // KiB
constexpr int kSmallestQueue = 1 << 10;

}  // namespace

KafkaSettings KafkaConsumer::Settings(const std::string& group, int queue) {
  KafkaSettings settings = ConsumerSettings(group.empty() ? std::string(kNoGroup) : group);
  settings["auto.offset.reset"] = "error";
  // For each partition, since each has a queue of its own.
  settings["queued.min.messages"] = "1000000";
  settings["queued.max.messages.kbytes"] = std::to_string(queue);
  settings["fetch.message.max.bytes"] = "1048576";
  return settings;
}

Result<std::shared_ptr<KafkaConsumer>> KafkaConsumer::Open(KafkaReading reading, const PartitionContext& context) {
  std::shared_ptr<KafkaConsumer> consumer(new KafkaConsumer(std::move(reading), context));
  const Status status = consumer->Start();
  if (status.ok()) return consumer;
  consumer->opened_.clear();  // they hold on to it
  return status;
}

Result<int> KafkaConsumer::Connect(int queue) {
  Result<std::unique_ptr<KafkaClient>> client = KafkaClient::New({reading_.endpoint,
                                                                  reading_.connection,
                                                                  RD_KAFKA_CONSUMER,
                                                                  Settings(reading_.connection.kafka.group, queue),
                                                                  {}});
  if (!client.ok()) return client.status();
  client_ = std::move(*client);
  return client_->WaitForTopic(reading_.connection.connect_timeout, context_.clock);
}

Status KafkaConsumer::Start() {
  Result<int> partitions = Connect(kLargestQueue);
  // An instance keeps the size it was made with.
  if (partitions.ok() && partitions.value() > kAllQueues / kLargestQueue)
    partitions = Connect(std::max(kAllQueues / partitions.value(), kSmallestQueue));
  if (!partitions.ok()) return partitions.status();
  const Clock& clock = context_.clock;
  const Result<KafkaStarts> starts = FindKafkaStarts(reading_, partitions.value(), client_.get(), clock);
  if (!starts.ok()) return starts.status();
  LogNote(reading_.endpoint.text + ": reading " +
          FormatCount(static_cast<std::uint64_t>(partitions.value()), "partition") + " from " + starts.value().from);
  client_->ForgetGroup();

  news_ = UniqueFd(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
  if (!news_.valid()) return NoEvent(errno);
  for (int i = 0; i < partitions.value(); ++i) {
    const KafkaStart& start = starts.value().by_partition[static_cast<std::size_t>(i)];
    lost_ += start.lost;
    Result<std::shared_ptr<KafkaFeed>> feed = NewFeed(i, start.place.offset);
    if (!feed.ok()) return feed.status();
    auto partition =
        std::make_unique<KafkaPartition>(reading_.endpoint.topic, shared_from_this(), *feed, start, context_);
    opened_.push_back({std::move(partition), start.resume_index});
  }
  partitions_there_ = partitions.value();
  if (Status status = Assign(); !status.ok()) return status;
  callbacks_.reset(rd_kafka_queue_get_consumer(client_->handle()));
  return StartThread([this] { Watch(); }, &watcher_);
}

KafkaConsumer::~KafkaConsumer() {
  closing_ = true;
  if (watcher_.joinable()) {
    rd_kafka_queue_yield(callbacks_.get());
    watcher_.join();
  }
  callbacks_.reset();
  for (const std::shared_ptr<KafkaFeed>& feed : feeds_) feed->GiveBackQueue();
}

Status KafkaConsumer::NoEvent(int error) const {
  return Status::Failed(reading_.endpoint.text + ": " + ErrnoText(error) +
                        ": each partition needs a descriptor, and some 50 besides; raise the limit (LimitNOFILE, "
                        "ulimit -n)");
}

// A queue that the library fills, not forwarded to the one for callbacks: told before anything is fetched.
Result<std::shared_ptr<KafkaFeed>> KafkaConsumer::NewFeed(int partition, std::int64_t next) {
  static constexpr std::uint64_t kOne = 1;
  auto feed = std::make_shared<KafkaFeed>();
  feed->partition = partition;
  feed->next = next;
  feed->event = UniqueFd(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
  if (!feed->event.valid()) return NoEvent(errno);
  feed->queue.reset(rd_kafka_queue_get_partition(client_->handle(), reading_.endpoint.topic.c_str(), partition));
  rd_kafka_queue_forward(feed->queue.get(), nullptr);
  rd_kafka_queue_io_event_enable(feed->queue.get(), feed->event.get(), &kOne, sizeof(kOne));
  const std::lock_guard lock(mutex_);
  feeds_.push_back(feed);
  return feed;
}

// All partitions, each from where it is to be read next.
Status KafkaConsumer::Assign() {
  const KafkaOffsets list(rd_kafka_topic_partition_list_new(static_cast<int>(feeds_.size())));
  for (const std::shared_ptr<KafkaFeed>& feed : feeds_) {
    rd_kafka_topic_partition_list_add(list.get(), reading_.endpoint.topic.c_str(), feed->partition)->offset =
        feed->next;
  }
  const rd_kafka_resp_err_t error = rd_kafka_assign(client_->handle(), list.get());
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return Status();
  return client_->Explain({error, rd_kafka_err2str(error)}, context_.clock);
}

Result<std::vector<std::unique_ptr<Partition>>> KafkaConsumer::TakeNew() {
  std::vector<std::unique_ptr<Partition>> added;
  if (!has_news_.exchange(false)) return added;
  // First, so that what comes from now on is not lost.
  DrainEvent(news_);
  if (Status status = failure(); !status.ok()) return status;
  const int there = partitions_there_;
  while (static_cast<int>(feeds_.size()) < there) {
    const int number = static_cast<int>(feeds_.size());
    LogNote(reading_.endpoint.text + ": has a new partition, " + std::to_string(number));
    Result<std::shared_ptr<KafkaFeed>> feed = NewFeed(number, 0);
    if (!feed.ok()) return feed.status();
    added.push_back(
        std::make_unique<KafkaPartition>(reading_.endpoint.topic, shared_from_this(), *feed, KafkaStart(), context_));
  }
  if (added.empty()) return added;
  if (Status status = Assign(); !status.ok()) return status;
  return added;
}

void KafkaConsumer::AddTo(PollSet* set) const { set->Add(news_.get(), POLLIN); }

Status KafkaConsumer::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

void KafkaConsumer::Fail(const Status& status) {
  const std::lock_guard lock(mutex_);
  if (failure_.ok()) failure_ = status;
  Wake();
}

void KafkaConsumer::Wake() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(news_.get(), &one, sizeof(one));
  has_news_ = true;  // after it, or who sees this might drain nothing
}

Status KafkaConsumer::Judge(const KafkaProblem& problem) {
  if (IsHopeless(problem)) return client_->Explain(problem, context_.clock);
  client_->AddProblem(problem);  // the watching thread looks
  return Status();
}

Result<std::optional<KafkaRange>> KafkaConsumer::AskRange(int partition) {
  std::vector<KafkaRange> range(1);
  const rd_kafka_resp_err_t error =
      AskKafkaRanges(client_->handle(), reading_.endpoint.topic, partition, kRangeTime, &range);
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return std::optional<KafkaRange>(range[0]);
  if (Status status = Judge({error, rd_kafka_err2str(error)}); !status.ok()) return status;
  return std::optional<KafkaRange>();
}

void KafkaConsumer::CountLost(std::int64_t records) { lost_ += static_cast<std::uint64_t>(records); }

// By partition, what is committed now, or what was known last; negative: nothing ever was.
std::vector<std::int64_t> KafkaConsumer::AskEnds() const {
  const std::string& topic = reading_.endpoint.topic;
  std::vector<std::int64_t> ends(feeds_.size());
  const bool can_ask =
      reachable_ && std::all_of(feeds_.begin(), feeds_.end(), [](const auto& feed) { return feed->has_leader.load(); });
  if (can_ask && AskKafkaEnds(client_->handle(), topic, 0, kLagTime, &ends) == RD_KAFKA_RESP_ERR_NO_ERROR) return ends;
  ends.assign(feeds_.size(), -1);
  std::int64_t low = 0;
  for (std::size_t i = 0; i < ends.size(); ++i)
    rd_kafka_get_watermark_offsets(client_->handle(), topic.c_str(), static_cast<int>(i), &low, &ends[i]);
  return ends;
}

std::uint64_t KafkaConsumer::AskLag() {
  const std::vector<std::int64_t> ends = AskEnds();
  std::uint64_t all = 0;
  for (const std::shared_ptr<KafkaFeed>& feed : feeds_) {
    const std::int64_t end = ends[static_cast<std::size_t>(feed->partition)];
    const std::int64_t behind = std::max<std::int64_t>(end - feed->next, 0);
    LogDetail(reading_.endpoint.topic + "/" + std::to_string(feed->partition) + ": read up to offset " +
              std::to_string(feed->next) + ", " + FormatCount(static_cast<std::uint64_t>(behind), "record") +
              " behind its end");
    all += static_cast<std::uint64_t>(behind);
  }
  return all;
}

void KafkaConsumer::Watch() {
  Micros looked = context_.clock.Monotonic();
  while (!closing_) {
    client_->Poll(kServeTime);
    const Micros now = context_.clock.Monotonic();
    const bool is_due = now - looked >= kLookInterval && (!reading_.until_end || misses_leader_);
    if (closing_ || (!is_due && !client_->problem())) continue;
    looked = now;
    LookAtBroker();
  }
}

// A broker may answer for a partition that it cannot give records of.
void KafkaConsumer::NoteLeaders(const std::vector<bool>& led) {
  const std::lock_guard lock(mutex_);
  misses_leader_ = false;
  for (const std::shared_ptr<KafkaFeed>& feed : feeds_) {
    const auto number = static_cast<std::size_t>(feed->partition);
    const bool has_leader = number < led.size() && led[number];
    misses_leader_ = misses_leader_ || !has_leader;
    if (feed->has_leader.exchange(has_leader) == has_leader) continue;
    const std::string name = reading_.endpoint.topic + "/" + std::to_string(number);
    if (has_leader) {
      LogNote(name + ": has a leader again");
    } else {
      LogWarning(name + ": has no leader, so it cannot be read; waiting until it has one");
    }
  }
}

// Any broker tells who leads a partition; whether that one can be reached is known once it has answered. Those without
// a leader are told of by NoteLeaders.
bool KafkaConsumer::LeadersAnswer(const std::vector<bool>& led) {
  for (auto first = led.begin(); (first = std::find(first, led.end(), true)) != led.end();) {
    // Many at once: each question waits until the broker has answered a fetch.
    const auto last = std::find(first, led.end(), false);
    std::vector<std::int64_t> ends(static_cast<std::size_t>(last - first));
    if (closing_ || AskKafkaEnds(client_->handle(), reading_.endpoint.topic, static_cast<int>(first - led.begin()),
                                 kAnswerTime, &ends) != RD_KAFKA_RESP_ERR_NO_ERROR)
      return false;
    first = last;
  }
  return true;
}

void KafkaConsumer::NoteAnswer(const std::vector<bool>& led) {
  if (unknown_since_ >= 0) {
    LogWarning(reading_.endpoint.text + ": the broker did not know the topic for a moment; if it was made anew, its " +
               "first records are not read, as far as the old ones were: give --offset, and --reset-state, for them");
  }
  unknown_since_ = -1;
  unanswered_ = 0;
  NoteLeaders(led);
  const int there = static_cast<int>(led.size());
  if (there <= partitions_there_ || reading_.until_end) return;
  partitions_there_ = there;
  Wake();
}

// Something went wrong, or it is time to look for new partitions.
void KafkaConsumer::LookAtBroker() {
  const std::optional<KafkaProblem> before = client_->problem();
  if (before) reachable_ = false;  // until it answers
  client_->ForgetProblems();
  const std::vector<bool> led = client_->AskForPartitions(kAnswerTime);
  if (!led.empty()) NoteAnswer(led);
  if (!led.empty() && (reachable_ || LeadersAnswer(led))) {
    reachable_ = true;
    if (told_away_) LogNote(reading_.endpoint.text + ": the broker is back");
    told_away_ = false;
    return;
  }
  const KafkaProblem problem =
      before ? *before : client_->problem().value_or(KafkaProblem{RD_KAFKA_RESP_ERR__TIMED_OUT, "no answer"});
  reachable_ = false;
  client_->AddProblem(problem);  // so that it is looked at again
  if (closing_) return;
  // Without a word of trouble it may only be slow.
  const bool is_away = before || ++unanswered_ > 1;
  const Micros now = context_.clock.Monotonic();
  const bool unknown = problem.code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
  if (unknown && unknown_since_ < 0) unknown_since_ = now;
  if (IsHopeless(problem) || (unknown && now - unknown_since_ >= kDeletedTime))
    return Fail(client_->Explain(problem, context_.clock));
  if (!is_away || unknown) return;
  if (!told_away_) LogWarning(client_->Explain(problem, context_.clock).message() + "; trying again until it is back");
  told_away_ = true;
}

}  // namespace socklog
