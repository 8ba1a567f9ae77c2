#include "pipeline/endpoint_probe.h"

#include <algorithm>
#include <string>
#include <utility>

#include "transport/probe.h"

namespace socklog {
namespace {

constexpr Micros kKafkaTime = 12 * kSecond;

// Of topics whose brokers are asked only once.
struct KafkaTask {
  std::vector<std::string> brokers;
  const ConnectionOptions* connection;
  std::vector<std::size_t> uses;
  std::vector<ProbedTopic> topics;
};

std::string CheckName(EndpointRole role, const Endpoint& endpoint) {
  if (role == EndpointRole::kState) return "directory";
  if (endpoint.listens()) return "listening";
  return endpoint.is_socket() ? "connection" : "file";
}

Result<Endpoint> EndpointOf(const EndpointUse& use) {
  const bool is_path = use.role == EndpointRole::kState || use.role == EndpointRole::kOutputFile;
  return is_path ? FileEndpoint(use.text) : ParseEndpoint(use.text);
}

ProbeRow ProbeOther(std::size_t index, const EndpointUse& use, const Endpoint& endpoint, const Clock& clock) {
  const Result<std::string> found =
      use.role == EndpointRole::kState
          ? ProbeDirectory(use.text)
          : ProbeEndpoint(endpoint, use.role == EndpointRole::kInput, use.connection, clock);
  return {index, CheckName(use.role, endpoint), use.text,
          found.ok() ? ProbeRow::Outcome::kOk : ProbeRow::Outcome::kFailed,
          found.ok() ? found.value() : found.status().message()};
}

void AddTopic(std::size_t index, const EndpointUse& use, const Endpoint& endpoint, std::vector<KafkaTask>* tasks) {
  std::vector<std::string> brokers = BrokersOf(endpoint);
  auto task = std::find_if(tasks->begin(), tasks->end(), [&](const KafkaTask& t) {
    return t.brokers == brokers && t.connection->kafka == use.connection.kafka &&
           t.connection->tls == use.connection.tls;
  });
  if (task == tasks->end()) task = tasks->insert(tasks->end(), {std::move(brokers), &use.connection, {}, {}});
  task->uses.push_back(index);
  task->topics.push_back({endpoint, TopicUse(use.role)});
}

}  // namespace

ProbedTopic::Use TopicUse(EndpointRole role) {
  switch (role) {
    case EndpointRole::kInput:
      return ProbedTopic::Use::kRead;
    case EndpointRole::kGroupOutput:
      return ProbedTopic::Use::kGroupWrite;
    case EndpointRole::kGroupState:
      return ProbedTopic::Use::kGroupState;
    default:
      return ProbedTopic::Use::kWrite;
  }
}

std::vector<ProbeRow> Probe(const std::vector<EndpointUse>& uses, const Clock& clock) {
  std::vector<ProbeRow> rows;
  std::vector<KafkaTask> tasks;
  for (std::size_t i = 0; i < uses.size(); ++i) {
    const Result<Endpoint> endpoint = EndpointOf(uses[i]);
    if (!endpoint.ok()) {
      rows.push_back({i, "file", uses[i].text, ProbeRow::Outcome::kFailed, endpoint.status().message()});
    } else if (endpoint.value().is_topic()) {
      AddTopic(i, uses[i], endpoint.value(), &tasks);
    } else {
      rows.push_back(ProbeOther(i, uses[i], endpoint.value(), clock));
    }
  }
  const Micros end = clock.Monotonic() + kKafkaTime;
  for (const KafkaTask& task : tasks) {
    for (ProbeRow& row : ProbeKafka(task.topics, *task.connection, end, clock)) {
      row.use = task.uses[row.use];
      row.of_kafka = true;
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

}  // namespace socklog
