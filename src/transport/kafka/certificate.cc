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

BrokerCertificate LookAtCertificate(const HostAndPort& broker, const std::string& text, const KafkaSettings& settings,
                                    Micros patience, const Clock& clock) {
  using State = BrokerCertificate::State;
  if (!SettingOf(settings, "ssl.ca.pem").empty()) return {State::kUnknown, "only librdkafka reads ssl.ca.pem"};
  Endpoint tls;
  tls.kind = Endpoint::Kind::kTls;
  tls.host = broker.host;
  tls.port = broker.port;
  tls.text = text;
  ConnectionOptions options;
  options.tls.ca = SettingOf(settings, "ssl.ca.location");
  options.connect_timeout = patience;
  Result<std::unique_ptr<Channel>> channel = ConnectOnce(tls, options, clock);
  if (channel.ok()) return {State::kAccepted, "", PeerCertificateEnd(**channel)};
  constexpr std::string_view kBefore = "is not accepted: ";
  const std::string& why = channel.status().message();
  const std::size_t before = why.find(kBefore);
  if (before == std::string::npos) return {State::kUnknown, why};
  return {State::kRefused, why.substr(before + kBefore.size())};
}

std::string WhyCertificateIsRefused(std::string_view problem, const Endpoint& endpoint, const KafkaSettings& settings,
                                    const Clock& clock) {
  const HostAndPort broker = BrokerIn(problem).value_or(endpoint.brokers.front());
  const BrokerCertificate seen = LookAtCertificate(broker, endpoint.text, settings, kPatience, clock);
  return seen.state == BrokerCertificate::State::kRefused ? seen.why : "";
}

}  // namespace socklog
