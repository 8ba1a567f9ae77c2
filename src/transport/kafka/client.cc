#include "transport/kafka/client.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <future>
#include <system_error>
#include <thread>

#include "base/log.h"
#include "base/text.h"
#include "transport/fd.h"
#include "transport/kafka/certificate.h"
#include "transport/sink_stop.h"

namespace socklog {
namespace {

constexpr int kAnswerTime = 500;               // ms for one question; a broker that is there needs a few
constexpr int kPause = 100;                    // ms between questions that were answered in vain
constexpr int kOtherAddresses = 3;             // of a broker's name, at which nobody may listen
constexpr Micros kGuessTime = 8 * kSecond;     // for a broker that closes connections because it begins or ends
constexpr Micros kNewTopicTime = 2 * kSecond;  // until all brokers know a topic that was just made

// The library waits for its threads, and one of them for ever after a topic was deleted while it was read (seen with
// 2.0.2). What is left behind then ends with the process.
void DestroyInTime(rd_kafka_t* handle) {
  constexpr std::chrono::seconds kPatience(3);
  const auto destroyed = std::make_shared<std::promise<void>>();
  const std::future<void> is_destroyed = destroyed->get_future();
  const auto destroy = [handle, destroyed] {
    rd_kafka_destroy_flags(handle, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
    destroyed->set_value();
  };
  try {
    std::thread(destroy).detach();
  } catch (const std::system_error&) {  // no more threads
    destroy();
  }
  if (is_destroyed.wait_for(kPatience) == std::future_status::timeout)
    LogDetail("Kafka: the library does not end; leaving it behind");
}

constexpr char kRaiseLimits[] = "; raise the limits of threads (TasksMax, ulimit -u) and of memory";

// How much a problem tells. That all brokers are down follows from any other; an address where nobody listens may be
// one of several, of which another has answered oddly.
int Weight(const KafkaProblem& problem) {
  if (IsHopeless(problem)) return 3;
  if (IsGuess(problem)) return 2;
  return problem.code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN ? 0 : 1;
}

}  // namespace

Status StartThread(std::function<void()> body, std::thread* thread) {
  try {
    *thread = std::thread(std::move(body));
  } catch (const std::system_error& error) {
    return Status::Failed("cannot start a thread: " + ErrnoText(error.code().value()) + kRaiseLimits);
  }
  return Status();
}

Result<std::unique_ptr<KafkaClient>> KafkaClient::New(Options options) {
  std::unique_ptr<KafkaClient> client(new KafkaClient(std::move(options)));
  if (Status status = client->Start(); !status.ok()) return status;
  return client;
}

Status KafkaClient::Start() {
  Result<KafkaSettings> settings = ReadKafkaSettings(options_.connection);
  if (!settings.ok()) return settings.status();
  settings_ = std::move(*settings);
  Result<KafkaConf> conf = MakeKafkaConf(options_.endpoint, options_.chosen, settings_, options_.binding);
  if (!conf.ok()) return conf.status();
  if (options_.warns) {
    for (const std::string& warning : KafkaWarnings(options_.endpoint, settings_)) LogWarningOnce(warning);
  }
  rd_kafka_conf_set_opaque(conf->get(), this);
  rd_kafka_conf_set_error_cb(conf->get(), OnError);
  rd_kafka_conf_set_log_cb(conf->get(), OnLog);
  if (options_.type == RD_KAFKA_PRODUCER) rd_kafka_conf_set_dr_msg_cb(conf->get(), OnDelivery);
  if (options_.on_rebalance) rd_kafka_conf_set_rebalance_cb(conf->get(), OnRebalance);
  std::array<char, 512> text{};
  handle_ = rd_kafka_new(options_.type, conf->get(), text.data(), text.size());
  if (handle_ == nullptr) {
    const std::string why = options_.endpoint.text + ": " + std::string(Chomp(text.data()));
    if (rd_kafka_last_error() == RD_KAFKA_RESP_ERR__CRIT_SYS_RESOURCE) return Status::Failed(why + kRaiseLimits);
    return Status::Usage(why);
  }
  [[maybe_unused]] rd_kafka_conf_t* const taken = conf->release();  // it is the instance's now
  if (options_.type == RD_KAFKA_CONSUMER) rd_kafka_poll_set_consumer(handle_);
  topic_.reset(rd_kafka_topic_new(handle_, options_.endpoint.topic.c_str(), nullptr));
  if (topic_ == nullptr) return Status::Usage(options_.endpoint.text + ": " + rd_kafka_err2str(rd_kafka_last_error()));
  return Status();
}

KafkaClient::~KafkaClient() {
  topic_.reset();
  if (handle_ != nullptr) DestroyInTime(handle_);
}

KafkaProblem KafkaClient::ProblemOf(rd_kafka_resp_err_t error) const {
  std::array<char, 512> cause{};
  const rd_kafka_resp_err_t fatal = rd_kafka_fatal_error(handle_, cause.data(), cause.size());
  if (error == RD_KAFKA_RESP_ERR__FATAL && fatal != RD_KAFKA_RESP_ERR_NO_ERROR) return {fatal, cause.data()};
  return {error, rd_kafka_err2str(error)};
}

KafkaProblem KafkaClient::ProblemOf(const rd_kafka_message_t& message) const {
  if (message.err == RD_KAFKA_RESP_ERR__FATAL) return ProblemOf(message.err);
  return {message.err, rd_kafka_message_errstr(&message)};
}

void KafkaClient::OnError(rd_kafka_t*, int code, const char* text, void* self) {
  auto* const client = static_cast<KafkaClient*>(self);
  const auto error = static_cast<rd_kafka_resp_err_t>(code);
  client->AddProblem(error == RD_KAFKA_RESP_ERR__FATAL ? client->ProblemOf(error) : KafkaProblem{error, text});
}

void KafkaClient::OnLog(const rd_kafka_t*, int, const char* facility, const char* text) {
  LogDetail("librdkafka: " + std::string(facility) + ": " + text);
}

void KafkaClient::OnDelivery(rd_kafka_t*, const rd_kafka_message_t* message, void* self) {
  static_cast<KafkaClient*>(self)->options_.on_delivery(*message);
}

void KafkaClient::OnRebalance(rd_kafka_t*, rd_kafka_resp_err_t what, rd_kafka_topic_partition_list_t* partitions,
                              void* self) {
  static_cast<KafkaClient*>(self)->options_.on_rebalance(what, partitions);
}

void KafkaClient::Poll(int milliseconds) {
  if (options_.type == RD_KAFKA_PRODUCER) {
    rd_kafka_poll(handle_, milliseconds);
    return;
  }
  const KafkaMessage message(rd_kafka_consumer_poll(handle_, milliseconds));
  if (message != nullptr && message->err != RD_KAFKA_RESP_ERR_NO_ERROR) AddProblem(ProblemOf(*message));
}

std::vector<bool> KafkaClient::AskForPartitions(int milliseconds, rd_kafka_topic_t* topic) {
  const rd_kafka_metadata_t* answer = nullptr;
  const rd_kafka_resp_err_t error = rd_kafka_metadata(handle_, 0, topic, &answer, milliseconds);
  const KafkaMetadata metadata(answer);
  std::vector<bool> led;
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR || metadata->topic_cnt == 0) return led;
  const rd_kafka_metadata_topic_t& found = metadata->topics[0];
  if (found.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    AddProblem({found.err, rd_kafka_err2str(found.err)});
    return led;
  }
  led.resize(static_cast<std::size_t>(found.partition_cnt));
  for (int i = 0; i < found.partition_cnt; ++i) {
    const rd_kafka_metadata_partition_t& partition = found.partitions[i];
    if (partition.id >= 0 && partition.id < found.partition_cnt)
      led[static_cast<std::size_t>(partition.id)] = partition.leader >= 0;
  }
  return led;
}

void KafkaClient::ReadCluster() {
  char* const id = rd_kafka_clusterid(handle_, kAnswerTime);
  if (id == nullptr) return;
  cluster_ = id;
  rd_kafka_mem_free(handle_, id);
}

Result<int> KafkaClient::WaitForTopic(Micros timeout, const Clock& clock, rd_kafka_topic_t* topic) {
  const std::string name = rd_kafka_topic_name(topic);
  const Micros begin = clock.Monotonic();
  std::optional<KafkaProblem> guess;  // what the settings may be wrong in
  std::optional<KafkaProblem> other;
  Micros guessed = 0;
  int others = 0;  // since the last guess
  for (;;) {
    if (SinkStopRequested())
      return Status(StatusCode::kBrokenPipe, options_.endpoint.text + ": stopped before there was a connection");
    const std::vector<bool> led = AskForPartitions(kAnswerTime, topic);
    if (!led.empty()) {
      was_reached_ = true;
      ReadCluster();
      ForgetProblems();
      return static_cast<int>(led.size());
    }
    Poll(kPause);
    const std::optional<KafkaProblem> found = problem();
    const Micros now = clock.Monotonic();
    if (found && IsHopeless(*found)) return Explain(*found, clock, name);
    const bool unknown = found && found->code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
    if (unknown && now - begin >= std::min(timeout, kNewTopicTime)) return Explain(*found, clock, name);
    if (found && IsGuess(*found)) {
      if (!guess) guessed = now;
      guess = found;
      others = 0;
    } else if (found && (!other || found->code != RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN)) {
      other = found;
      if (found->code != RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN && ++others > kOtherAddresses) guess.reset();
    }
    ForgetProblems();  // so that another is heard of
    const bool in_vain = now - begin >= timeout;
    if (guess && (in_vain || now - guessed >= kGuessTime)) return Explain(*guess, clock, name);
    if (!in_vain) continue;
    const Status why = Explain(other.value_or(KafkaProblem{RD_KAFKA_RESP_ERR__TIMED_OUT, "no answer"}), clock, name);
    return Status(why.code(), why.message() + " (tried for " + FormatDuration(timeout) + ")");
  }
}

std::optional<KafkaProblem> KafkaClient::problem() const {
  const std::lock_guard lock(mutex_);
  return problem_;
}

void KafkaClient::AddProblem(KafkaProblem problem) {
  const std::lock_guard lock(mutex_);
  if (problem.code == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED && !needs_group_) {
    group_problem_ = std::move(problem);
    return;
  }
  LogDetail(options_.endpoint.text + ": " + rd_kafka_err2name(problem.code) + ": " + problem.text);
  if (!problem_ || Weight(problem) > Weight(*problem_)) problem_ = std::move(problem);
  has_problem_ = true;
}

void KafkaClient::RequireGroup() {
  needs_group_ = true;
  const std::lock_guard lock(mutex_);
  if (!group_problem_) return;
  problem_ = group_problem_;
  has_problem_ = true;
}

void KafkaClient::ForgetProblems() {
  const std::lock_guard lock(mutex_);
  problem_.reset();
  has_problem_ = false;
}

Status KafkaClient::Explain(const KafkaProblem& problem, const Clock& clock, const std::string& topic,
                            KafkaTask task) const {
  Endpoint endpoint = options_.endpoint;
  if (!topic.empty() && topic != endpoint.topic) {
    endpoint.text.replace(endpoint.text.rfind('/') + 1, std::string::npos, topic);
    endpoint.topic = topic;
  }
  KafkaSituation situation{endpoint, settings_};
  situation.task = task;
  situation.group = options_.connection.kafka.group;
  situation.library_version = rd_kafka_version();
  situation.was_reached = was_reached_;
  if (IsAboutCertificate(problem))
    situation.certificate = WhyCertificateIsRefused(problem.text, options_.endpoint, settings_, clock);
  return ExplainKafka(problem, situation);
}

}  // namespace socklog
