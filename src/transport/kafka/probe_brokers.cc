#include <optional>

#include "base/text.h"
#include "transport/connector.h"
#include "transport/kafka/certificate.h"
#include "transport/kafka/probe_context.h"
#include "transport/socket_address.h"

namespace socklog {
namespace {

using Outcome = ProbeRow::Outcome;

constexpr Micros kConnectTime = 3 * kSecond;  // of all brokers together

Endpoint AsTcp(const HostAndPort& broker) {
  Endpoint endpoint;
  endpoint.kind = Endpoint::Kind::kTcp;
  endpoint.host = broker.host;
  endpoint.port = broker.port;
  return endpoint;
}

// Steps of one broker. The rows are kept apart, until it is known whether another broker will do.
class BrokerProbe {
 public:
  BrokerProbe(const HostAndPort& broker, Micros patience, const ProbeContext& context)
      : broker_(broker), text_(context.topics.front().endpoint.text), patience_(patience), context_(context) {
    name_ = TextOf(broker);
  }

  bool Run() { return Resolve() && Connect() && ShakeHands(); }
  std::vector<ProbeRow> TakeRows() { return std::move(rows_); }

 private:
  void Add(const char* check, Outcome outcome, std::string detail) {
    rows_.push_back({0, check, name_, outcome, std::move(detail)});
  }
  bool Fail(const char* check, const Status& status) {
    Add(check, Outcome::kFailed, status.message());
    return false;
  }

  bool Resolve() {
    const Result<std::vector<SocketAddress>> addresses = ResolveAddresses(AsTcp(broker_));
    if (!addresses.ok()) {
      return Fail("address", Status::Failed(text_ + ": cannot find the address of broker " + name_ + ": " +
                                            addresses.status().message() + "; correct the name, or make it known"));
    }
    std::string list;
    for (const SocketAddress& address : addresses.value()) list += (list.empty() ? "" : ", ") + AddressText(address);
    Add("address", Outcome::kOk, list);
    return true;
  }

  bool Connect() {
    Endpoint endpoint = AsTcp(broker_);
    endpoint.text = text_ + ": broker " + name_;
    ConnectionOptions options;
    options.connect_timeout = patience_;
    const Result<std::unique_ptr<Channel>> channel = ConnectOnce(endpoint, options, context_.clock);
    if (!channel.ok()) {
      return Fail("connection", Status::Failed(channel.status().message() +
                                               "; start the broker, correct its address, or let the network pass"));
    }
    Add("connection", Outcome::kOk, "accepted");
    return true;
  }

  // Only a certificate that is refused ends it here: what else goes wrong the library says more about.
  bool ShakeHands() {
    if (!UsesTls(context_.settings)) {
      Add("tls", Outcome::kNotTried, "nothing is encrypted (security.protocol)");
      return true;
    }
    if (context_.options.kafka.insecure) {
      Add("tls", Outcome::kNotTried, "nothing is verified (--kafka-insecure)");
      return true;
    }
    using State = BrokerCertificate::State;
    const BrokerCertificate seen = LookAtCertificate(broker_, name_, context_.settings, patience_, context_.clock);
    if (seen.state == State::kRefused) return Fail("tls", Refusal(seen.why));
    if (seen.state == State::kUnknown) {
      Add("tls", Outcome::kNotTried, "the certificate could not be looked at: " + seen.why);
      return true;
    }
    const std::int64_t days = seen.end == kNoTime ? 0 : std::max<Micros>(seen.end - context_.clock.Now(), 0) / kDay;
    Add("tls", Outcome::kOk,
        "the certificate is accepted, and ends in " + FormatCount(static_cast<std::uint64_t>(days), "day"));
    return true;
  }

  Status Refusal(const std::string& why) const {
    KafkaSituation situation{context_.topics.front().endpoint, context_.settings};
    situation.certificate = why;
    return ExplainKafka({RD_KAFKA_RESP_ERR__SSL, "certificate verify failed"}, situation);
  }

  const HostAndPort& broker_;
  const std::string text_;  // as the user wrote it
  const Micros patience_;
  const ProbeContext& context_;
  std::string name_;
  std::vector<ProbeRow> rows_;
};

}  // namespace

bool ProbeBrokers(ProbeContext* context) {
  const std::vector<HostAndPort>& brokers = context->topics.front().endpoint.brokers;
  const Micros patience = context->Patience(kConnectTime) / static_cast<Micros>(brokers.size());
  bool any = false;
  std::vector<ProbeRow> rows;
  for (const HostAndPort& broker : brokers) {
    BrokerProbe probe(broker, patience, *context);
    any = probe.Run() || any;
    for (ProbeRow& row : probe.TakeRows()) rows.push_back(std::move(row));
  }
  for (ProbeRow& row : rows) {
    if (any && row.outcome == Outcome::kFailed) row.outcome = Outcome::kWarning;  // another is there
    context->rows.push_back(std::move(row));
  }
  return any;
}

}  // namespace socklog
