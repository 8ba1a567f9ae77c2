#include "transport/kafka/certificate.h"

#include <optional>

#include "transport/connector.h"

namespace socklog {
namespace {

constexpr Micros kPatience = 3 * kSecond;

// Of "sasl_ssl://localhost:9093/bootstrap: SSL handshake failed: ...".
std::optional<HostAndPort> BrokerIn(std::string_view problem) {
  const std::size_t scheme = problem.find("://");
  if (scheme == std::string_view::npos) return std::nullopt;
  const std::string_view address = problem.substr(scheme + 3, problem.find('/', scheme + 3) - scheme - 3);
  const std::size_t colon = address.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view host = address.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return HostAndPort{std::string(host), std::string(address.substr(colon + 1))};
}

}  // namespace

std::string WhyCertificateIsRefused(std::string_view problem, const Endpoint& endpoint, const KafkaSettings& settings,
                                    const Clock& clock) {
  if (!SettingOf(settings, "ssl.ca.pem").empty()) return "";  // which only the library reads
  const HostAndPort broker = BrokerIn(problem).value_or(endpoint.brokers.front());
  Endpoint tls;
  tls.kind = Endpoint::Kind::kTls;
  tls.host = broker.host;
  tls.port = broker.port;
  tls.text = endpoint.text;
  ConnectionOptions options;
  options.tls.ca = SettingOf(settings, "ssl.ca.location");
  options.connect_timeout = kPatience;
  Result<std::unique_ptr<Connector>> connector = Connector::Create(tls, options, clock);
  if (!connector.ok()) return "";
  (*connector)->TryOnce();
  for (;;) {
    Result<std::unique_ptr<Channel>> channel = (*connector)->Step();
    if (!channel.ok()) {
      constexpr std::string_view kBefore = "is not accepted: ";
      const std::string& text = channel.status().message();
      const std::size_t before = text.find(kBefore);
      return before == std::string::npos ? "" : text.substr(before + kBefore.size());
    }
    if (*channel != nullptr) return "";
    PollSet set;
    (*connector)->AddTo(&set);
    if (!set.Poll(kPatience).ok()) return "";
  }
}

}  // namespace socklog
