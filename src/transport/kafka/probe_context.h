// What the steps of kafka_probe.cc share.
#ifndef SOCKLOG_TRANSPORT_KAFKA_PROBE_CONTEXT_H_
#define SOCKLOG_TRANSPORT_KAFKA_PROBE_CONTEXT_H_

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "transport/kafka/client.h"
#include "transport/kafka_probe.h"

namespace socklog {

// The task, its time, and the rows so far. Lives as long as one probe. Thread-compatible.
struct ProbeContext {
  using Outcome = ProbeRow::Outcome;
  using Use = ProbedTopic::Use;

  const std::vector<ProbedTopic>& topics;
  const ConnectionOptions& options;
  const KafkaSettings settings;  // the user's
  const Micros end;
  const Clock& clock;
  std::vector<ProbeRow> rows = {};
  bool away = false;  // the brokers have stopped answering: nothing more is tried

  // What is left of `most`, of --connect-timeout and of the whole probe; one ms at the least.
  Micros Patience(Micros most) const {
    return std::max(std::min({most, options.connect_timeout, end - clock.Monotonic()}), kMillisecond);
  }
  // For one question, in ms: a broker that is there needs a few.
  int AnswerTime() const { return static_cast<int>(Patience(500 * kMillisecond) / kMillisecond); }
  // Until when a step that has so long may go on.
  Micros Until(Micros most) const { return clock.Monotonic() + Patience(most); }

  void Add(std::size_t topic, const char* check, Outcome outcome, std::string detail) {
    rows.push_back({topic, check, topics[topic].endpoint.text, outcome, std::move(detail)});
  }
  // Ok with `detail`, or failed with what the status says.
  void Add(std::size_t topic, const char* check, const Status& status, const std::string& detail) {
    away = away || status.code() == StatusCode::kUnavailable;
    Add(topic, check, status.ok() ? Outcome::kOk : Outcome::kFailed, status.ok() ? detail : status.message());
  }

  // What is of no topic alone. `topic`: whose place in the configuration is meant.
  void AddOfBrokers(std::size_t topic, const char* check, Outcome outcome, std::string detail) {
    rows.push_back({topic, check, brokers(), outcome, std::move(detail)});
  }
  void AddOfBrokers(std::size_t topic, const char* check, const Status& status, const std::string& detail) {
    away = away || status.code() == StatusCode::kUnavailable;
    AddOfBrokers(topic, check, status.ok() ? Outcome::kOk : Outcome::kFailed, status.ok() ? detail : status.message());
  }

  // Why a step is not tried; nullptr: it can be. `usable`: what it needs is there; `why`: what it says if not.
  const char* Obstacle(bool usable, const char* why) const {
    return away ? "the brokers do not answer any more" : usable ? nullptr : why;
  }

  // Of a group: its state topic. topics.size(): there is none.
  std::size_t state_topic() const {
    const auto is_state = [](const ProbedTopic& topic) { return topic.use == Use::kGroupState; };
    return static_cast<std::size_t>(std::find_if(topics.begin(), topics.end(), is_state) - topics.begin());
  }
  bool has_transactions() const { return state_topic() < topics.size(); }

  // "kafka://b1:9093,b2:9093"
  std::string brokers() const {
    const std::string& text = topics.front().endpoint.text;
    return text.substr(0, text.rfind('/'));
  }
};

inline constexpr char kNoTopic[] = "the topic cannot be used";

// A topic as the broker describes it.
struct FoundTopic {
  bool usable = false;  // it is there, and as the task needs it
  bool readable = false;
  int partitions = 0;
  int replicas = 0;  // of partition 0
  int led = 0;       // a partition with a leader
  int leaderless = 0;
};

// Resolves the brokers' names, connects, shakes hands for TLS. False: none can be talked to.
bool ProbeBrokers(ProbeContext* context);

// Until the broker answers a question. Error: why it does not.
Status ProbeLogin(KafkaClient* client, ProbeContext* context);
// By topic. What the topics are like, and whether that will do.
std::vector<FoundTopic> ProbeTopics(KafkaClient* client, ProbeContext* context);

// Reads topics until there is a record or an end, and notes which can be read. `client` consumes.
void ProbeReading(std::vector<FoundTopic>* found, KafkaClient* client, ProbeContext* context);
// Asks for a group's offsets, where the task begins at them.
Status ProbeStoredOffsets(std::size_t topic, KafkaClient* client, ProbeContext* context);
// Writes to the topics of a group's transactions, and offsets, under a transactional id that no run has, and takes it
// all back. `offsets`: what ProbeStoredOffsets said.
void ProbeTransactions(const std::vector<FoundTopic>& found, const Status& offsets, ProbeContext* context);
// Asks whether the other topics may be written.
void ProbeWriting(const std::vector<FoundTopic>& found, ProbeContext* context);

}  // namespace socklog

#endif  // SOCKLOG_TRANSPORT_KAFKA_PROBE_CONTEXT_H_
