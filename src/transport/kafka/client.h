// One instance of librdkafka, with what it tells about its troubles.
#ifndef SOCKLOG_TRANSPORT_KAFKA_CLIENT_H_
#define SOCKLOG_TRANSPORT_KAFKA_CLIENT_H_

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "socklog/time.h"
#include "transport/kafka/errors.h"

namespace socklog {

// A thread of socklog's own. Error (kFailed): the system gives none.
Status StartThread(std::function<void()> body, std::thread* thread);

// Connects by itself, in threads of its own, and goes on trying. Thread-safe, but for cluster(), which the first
// WaitForTopic sets.
class KafkaClient {
 public:
  struct Options {
    Endpoint endpoint;
    ConnectionOptions connection;
    rd_kafka_type_t type = RD_KAFKA_CONSUMER;
    KafkaSettings chosen;  // socklog's own; the user's go before
    // Of a producer: called by Poll for each record that was delivered or given up.
    std::function<void(const rd_kafka_message_t&)> on_delivery;
    // Of a consumer that subscribes: called by what polls, and has to answer by rd_kafka_assign.
    std::function<void(rd_kafka_resp_err_t, rd_kafka_topic_partition_list_t*)> on_rebalance = {};
    KafkaSettings binding = {};  // go before the user's
    bool warns = true;           // of what is unsafe, once in the life of the process
  };

  // Errors (kUsage): those of ReadKafkaSettings; a combination that the library does not take.
  static Result<std::unique_ptr<KafkaClient>> New(Options options);
  // What was not delivered is lost.
  ~KafkaClient();
  KafkaClient(const KafkaClient&) = delete;
  KafkaClient& operator=(const KafkaClient&) = delete;

  rd_kafka_t* handle() const { return handle_; }
  // The topic of the endpoint.
  rd_kafka_topic_t* topic() const { return topic_.get(); }
  // The id of the brokers' cluster, once there was a topic; empty: they do not tell.
  const std::string& cluster() const { return cluster_; }
  // The user's.
  const KafkaSettings& settings() const { return settings_; }
  const Endpoint& endpoint() const { return options_.endpoint; }

  // Serves the library's callbacks for at most that long; returns at once when one was served. What a consumer is told
  // here beyond callbacks is an error. REQUIRES: by one thread at a time.
  void Poll(int milliseconds);

  // Until the broker has told the topic's partitions; returns their number. Errors: a problem for which waiting is of
  // no use, at once; any other once `timeout` has passed (kUnavailable); StopSinks (kBrokenPipe).
  Result<int> WaitForTopic(Micros timeout, const Clock& clock) { return WaitForTopic(timeout, clock, topic()); }
  // The same of another topic of these brokers.
  Result<int> WaitForTopic(Micros timeout, const Clock& clock, rd_kafka_topic_t* topic);
  // Asks once. By partition, whether it has a leader that can be asked for records. Empty: the broker did not answer,
  // or not about this topic; problem() may tell why.
  std::vector<bool> AskForPartitions(int milliseconds) { return AskForPartitions(milliseconds, topic()); }

  // The first thing that went wrong since ForgetProblems, but a hopeless one goes before others, and what the settings
  // may be wrong in before what else there is. What comes after the first is mostly its consequence.
  std::optional<KafkaProblem> problem() const;
  bool has_problem() const { return has_problem_; }
  void AddProblem(KafkaProblem problem);
  // An error that a call returned; of a fatal one its cause.
  KafkaProblem ProblemOf(rd_kafka_resp_err_t error) const;
  // The same of one that a consumer was told in the place of a record.
  KafkaProblem ProblemOf(const rd_kafka_message_t& message) const;
  // Until RequireGroup, and after ForgetGroup, it is no problem that the group must not be used.
  void RequireGroup();
  void ForgetGroup() { needs_group_ = false; }
  void ForgetProblems();

  // Looks at the broker's certificate once more where that can tell more. `topic`: what the problem is about, if that
  // is not the endpoint's.
  Status Explain(const KafkaProblem& problem, const Clock& clock, const std::string& topic = "") const {
    return Explain(problem, clock, topic, options_.type == RD_KAFKA_CONSUMER ? KafkaTask::kRead : KafkaTask::kWrite);
  }
  Status Explain(const KafkaProblem& problem, const Clock& clock, const std::string& topic, KafkaTask task) const;

 private:
  explicit KafkaClient(Options options) : options_(std::move(options)) {}
  Status Start();
  std::vector<bool> AskForPartitions(int milliseconds, rd_kafka_topic_t* topic);
  void ReadCluster();
  static void OnError(rd_kafka_t* handle, int code, const char* text, void* self);
  static void OnLog(const rd_kafka_t* handle, int level, const char* facility, const char* text);
  static void OnDelivery(rd_kafka_t* handle, const rd_kafka_message_t* message, void* self);
  static void OnRebalance(rd_kafka_t* handle, rd_kafka_resp_err_t what, rd_kafka_topic_partition_list_t* partitions,
                          void* self);

  const Options options_;
  std::atomic<bool> needs_group_{false};
  std::atomic<bool> was_reached_{false};
  KafkaSettings settings_;
  rd_kafka_t* handle_ = nullptr;
  KafkaTopic topic_;
  std::string cluster_;
  mutable std::mutex mutex_;
  std::optional<KafkaProblem> problem_;
  std::atomic<bool> has_problem_{false};
  std::optional<KafkaProblem> group_problem_;  // the library tells it once
};

}  // namespace socklog

#endif  // SOCKLOG_TRANSPORT_KAFKA_CLIENT_H_
