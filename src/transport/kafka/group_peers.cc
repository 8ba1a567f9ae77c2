#include "transport/kafka/group_peers.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <optional>
#include <vector>

#include "base/hash.h"
#include "base/log.h"
#include "base/text.h"
#include "transport/sink_stop.h"

namespace socklog {
namespace {

constexpr int kAnswerTime = 3000;  // ms for one question
constexpr int kPause = 200;        // ms between questions
constexpr Micros kGoneTime =
    8 * kSecond;  // the session time-out, after which a member that died is none, and some more

using AdminOptions = std::unique_ptr<rd_kafka_AdminOptions_t, KafkaDestroy<rd_kafka_AdminOptions_destroy>>;
using Event = std::unique_ptr<rd_kafka_event_t, KafkaDestroy<rd_kafka_event_destroy>>;

// Asks who is in a group, again and again.
class PeerWatch {
 public:
  PeerWatch(KafkaClient* client, const ConnectionOptions& options)
      : client_(*client), group_(options.kafka.group), mine_(GroupInstanceId(options)) {}

  // Another instance, empty: there is none. Error: what the broker said.
  Result<std::string> FindPeer() {
    const AdminOptions options(rd_kafka_AdminOptions_new(client_.handle(), RD_KAFKA_ADMIN_OP_DESCRIBECONSUMERGROUPS));
    std::array<char, 512> text{};
    rd_kafka_AdminOptions_set_request_timeout(options.get(), kAnswerTime, text.data(), text.size());
    const KafkaQueue queue(rd_kafka_queue_new(client_.handle()));
    const char* groups[] = {group_.c_str()};
    rd_kafka_DescribeConsumerGroups(client_.handle(), groups, 1, options.get(), queue.get());
    const Event event(rd_kafka_queue_poll(queue.get(), 2 * kAnswerTime));
    if (event == nullptr) return Problem({RD_KAFKA_RESP_ERR__TIMED_OUT, "no answer"});
    if (const rd_kafka_resp_err_t error = rd_kafka_event_error(event.get()); error != RD_KAFKA_RESP_ERR_NO_ERROR)
      return Problem({error, rd_kafka_event_error_string(event.get())});
    std::size_t count = 0;
    const rd_kafka_ConsumerGroupDescription_t** found = rd_kafka_DescribeConsumerGroups_result_groups(
        rd_kafka_event_DescribeConsumerGroups_result(event.get()), &count);
    return count == 0 ? std::string() : PeerIn(*found[0]);
  }

  const std::optional<KafkaProblem>& problem() const { return problem_; }

 private:
  Status Problem(KafkaProblem problem) {
    problem_ = std::move(problem);
    return Status::Failed(problem_->text);
  }

  Result<std::string> PeerIn(const rd_kafka_ConsumerGroupDescription_t& group) {
    if (const rd_kafka_error_t* error = rd_kafka_ConsumerGroupDescription_error(&group); error != nullptr)
      return Problem({rd_kafka_error_code(error), rd_kafka_error_string(error)});
    for (std::size_t i = 0; i < rd_kafka_ConsumerGroupDescription_member_count(&group); ++i) {
      const rd_kafka_MemberDescription_t* member = rd_kafka_ConsumerGroupDescription_member(&group, i);
      const char* instance = rd_kafka_MemberDescription_group_instance_id(member);
      if (instance != nullptr && instance == mine_) continue;  // this one, before it was started again
      return std::string(instance != nullptr ? instance : rd_kafka_MemberDescription_client_id(member)) + " at " +
             rd_kafka_MemberDescription_host(member);
    }
    return std::string();
  }

  KafkaClient& client_;
  const std::string group_;
  const std::string mine_;
  std::optional<KafkaProblem> problem_;
};

Status IsTaken(const Endpoint& endpoint, const std::string& group, const std::string& who) {
  return Status::Failed(endpoint.text + ": another instance works for group '" + group + "' already (" + who +
                        "); stop it first, or give another --group");
}

}  // namespace

std::string GroupInstanceId(const ConnectionOptions& options) {
  if (const Result<KafkaSettings> settings = ReadKafkaSettings(options); settings.ok()) {
    if (std::string given = SettingOf(settings.value(), "group.instance.id"); !given.empty()) return given;
  }
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0 || name[0] == '\0') return "socklog";
  std::string id = name.data();
  const auto is_allowed = [](unsigned char c) { return std::isalnum(c) != 0 || c == '.' || c == '_' || c == '-'; };
  std::replace_if(
      id.begin(), id.end(), [&](char c) { return !is_allowed(static_cast<unsigned char>(c)); }, '_');
  return id;
}

std::string StandbyClientId(const Clock& clock) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "socklog-%016llx-%d", static_cast<unsigned long long>(clock.Now()), getpid());
  return text.data();
}

// A name of a socket that is in no file system: it goes with the process, however that ends.
Result<UniqueFd> LockGroup(const Endpoint& endpoint, const std::string& group) {
  std::vector<std::string> brokers;
  for (const HostAndPort& broker : endpoint.brokers) brokers.push_back(broker.host + ' ' + broker.port);
  std::sort(brokers.begin(), brokers.end());
  std::string place = group;
  for (const std::string& broker : brokers) place += '\n' + broker;
  const std::string name = "socklog-group-" + Hash128Hex(place);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path + 1, name.data(), name.size());
  UniqueFd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  if (!fd.valid()) return Status::Failed(endpoint.text + ": no lock for group '" + group + "': " + ErrnoText(errno));
  if (bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), size) == 0) return fd;
  if (errno == EADDRINUSE) return IsTaken(endpoint, group, "on this machine");
  return Status::Failed(endpoint.text + ": no lock for group '" + group + "': " + ErrnoText(errno));
}

Status WaitForNoPeers(KafkaClient* client, const ConnectionOptions& options, const Clock& clock) {
  const Micros begin = clock.Monotonic();
  PeerWatch watch(client, options);
  std::string told;
  for (;;) {
    if (SinkStopRequested()) return {StatusCode::kBrokenPipe, client->endpoint().text + ": stopped"};
    const Result<std::string> peer = watch.FindPeer();
    const Micros waited = clock.Monotonic() - begin;
    if (!peer.ok()) {
      const KafkaProblem& problem = *watch.problem();
      if (IsHopeless(problem) || waited >= options.connect_timeout) return client->Explain(problem, clock);
    } else if (peer.value().empty()) {
      return Status();
    } else if (waited >= kGoneTime) {
      return IsTaken(client->endpoint(), options.kafka.group, peer.value());
    } else if (told.empty()) {
      told = peer.value();
      LogNote(client->endpoint().text + ": " + told + " is in group '" + options.kafka.group +
              "'; waiting whether it is alive");
    }
    client->Poll(kPause);
  }
}

}  // namespace socklog
