#include "transport/kafka/group_peers.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <memory>
#include <optional>

#include "base/hash.h"
#include "base/log.h"
#include "base/text.h"
#include "transport/kafka/member_settings.h"
#include "transport/sink_stop.h"

namespace socklog {
namespace {

constexpr int kPause = 200;  // ms between questions, and between looks at whether one is answered
// ms: never. When this ends before the broker answers, the library aborts the process (librdkafka 2.0.2 to 2.12.1, its
// issue 4605); so it is not left to the library how long is waited.
constexpr int kRequestTime = 3'600'000;
constexpr Micros kGoneTime = 2 * kSecond;  // beyond the session time-out, after which a member that died is none

// Asks who is in a group, again and again.
class PeerWatch {
 public:
  PeerWatch(KafkaClient* client, const ConnectionOptions& options, const Clock& clock)
      : client_(*client),
        group_(options.kafka.group),
        mine_(GroupInstanceId(client->settings())),
        patience_(options.connect_timeout),
        clock_(clock) {}

  // Another instance, empty: there is none. Error: what the broker said, or that it does not in --connect-timeout.
  Result<std::string> FindPeer() {
    const KafkaAdminOptions options(
        rd_kafka_AdminOptions_new(client_.handle(), RD_KAFKA_ADMIN_OP_DESCRIBECONSUMERGROUPS));
    std::array<char, 512> text{};
    rd_kafka_AdminOptions_set_request_timeout(options.get(), kRequestTime, text.data(), text.size());
    const KafkaQueue queue(rd_kafka_queue_new(client_.handle()));
    const char* groups[] = {group_.c_str()};
    rd_kafka_DescribeConsumerGroups(client_.handle(), groups, 1, options.get(), queue.get());
    const KafkaEvent event = WaitForAnswer(queue.get());
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

  KafkaEvent WaitForAnswer(rd_kafka_queue_t* queue) const {
    const Micros end = clock_.Monotonic() + patience_;
    KafkaEvent event;
    while (event == nullptr && !SinkStopRequested() && clock_.Monotonic() < end)
      event.reset(rd_kafka_queue_poll(queue, kPause));
    return event;
  }

  Result<std::string> PeerIn(const rd_kafka_ConsumerGroupDescription_t& group) {
    if (const rd_kafka_error_t* error = rd_kafka_ConsumerGroupDescription_error(&group); error != nullptr)
      return Problem({rd_kafka_error_code(error), rd_kafka_error_string(error)});
    for (std::size_t i = 0; i < rd_kafka_ConsumerGroupDescription_member_count(&group); ++i) {
      const rd_kafka_MemberDescription_t* member = rd_kafka_ConsumerGroupDescription_member(&group, i);
      const char* instance = rd_kafka_MemberDescription_group_instance_id(member);
      const std::string host = rd_kafka_MemberDescription_host(member);
      if (!IsPeer(instance, host)) continue;
      return std::string(instance != nullptr ? instance : rd_kafka_MemberDescription_client_id(member)) + " at " + host;
    }
    return std::string();
  }

  // `instance`: nullptr: it may stand by.
  bool IsPeer(const char* instance, const std::string& host) const {
    if (instance == nullptr || instance != mine_) return true;
    return !IsOfThisMachine(host);  // else it is this one, before it was started again
  }

  KafkaClient& client_;
  const std::string group_;
  const std::string mine_;
  const Micros patience_;
  const Clock& clock_;
  std::optional<KafkaProblem> problem_;
};

}  // namespace

Status TakenError(const Endpoint& endpoint, const std::string& group, const std::string& who) {
  return Status::Failed(endpoint.text + ": another instance works for group '" + group + "' already (" + who +
                        "); stop it first, or give another --group");
}

bool IsOfThisMachine(const std::string& host) {
  const std::size_t begin = host.find('/') == std::string::npos ? 0 : host.find('/') + 1;
  const std::string text = host.substr(begin, host.find('%') - begin);
  in_addr v4{};
  in6_addr v6{};
  const bool is_v4 = inet_pton(AF_INET, text.c_str(), &v4) == 1;
  if (!is_v4 && inet_pton(AF_INET6, text.c_str(), &v6) != 1) return false;
  ifaddrs* all = nullptr;
  if (getifaddrs(&all) != 0) return false;
  const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owner(all, freeifaddrs);
  for (const ifaddrs* one = all; one != nullptr; one = one->ifa_next) {
    if (one->ifa_addr == nullptr || one->ifa_addr->sa_family != (is_v4 ? AF_INET : AF_INET6)) continue;
    const void* const found = is_v4 ? static_cast<const void*>(&reinterpret_cast<sockaddr_in*>(one->ifa_addr)->sin_addr)
                                    : &reinterpret_cast<sockaddr_in6*>(one->ifa_addr)->sin6_addr;
    if (is_v4 ? std::memcmp(found, &v4, sizeof(v4)) == 0 : std::memcmp(found, &v6, sizeof(v6)) == 0) return true;
  }
  return false;
}

// A name of a socket that is in no file system: it goes with the process, however that ends.
Result<UniqueFd> LockGroup(const KafkaClient& client, const std::string& group) {
  const Endpoint& endpoint = client.endpoint();
  const std::string name = "socklog-group-" + Hash128Hex(client.cluster() + '\n' + group);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path + 1, name.data(), name.size());
  UniqueFd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  if (!fd.valid()) return Status::Failed(endpoint.text + ": no lock for group '" + group + "': " + ErrnoText(errno));
  if (bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), size) == 0) return fd;
  if (errno == EADDRINUSE) return TakenError(endpoint, group, "on this machine");
  return Status::Failed(endpoint.text + ": no lock for group '" + group + "': " + ErrnoText(errno));
}

Status WaitForNoPeers(KafkaClient* client, const ConnectionOptions& options, const Clock& clock) {
  const Micros begin = clock.Monotonic();
  const Micros gone = SessionTimeout(client->settings()) + kGoneTime;
  PeerWatch watch(client, options, clock);
  std::string told;
  for (;;) {
    const Result<std::string> peer = watch.FindPeer();
    if (SinkStopRequested()) return {StatusCode::kBrokenPipe, client->endpoint().text + ": stopped"};
    const Micros waited = clock.Monotonic() - begin;
    if (!peer.ok()) {
      const KafkaProblem& problem = *watch.problem();
      if (IsHopeless(problem) || waited >= options.connect_timeout) return client->Explain(problem, clock);
    } else if (peer.value().empty()) {
      return Status();
    } else if (waited >= gone) {
      return TakenError(client->endpoint(), options.kafka.group, peer.value());
    } else if (told.empty()) {
      told = peer.value();
      LogNote(client->endpoint().text + ": " + told + " is in group '" + options.kafka.group +
              "'; waiting whether it is alive");
    }
    client->Poll(kPause);
  }
}

}  // namespace socklog
