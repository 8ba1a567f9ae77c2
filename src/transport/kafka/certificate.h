// A broker's certificate as TLS of our own sees it: librdkafka tells that it is not accepted, but not why, and not when
// it ends.
#ifndef SOCKLOG_TRANSPORT_KAFKA_CERTIFICATE_H_
#define SOCKLOG_TRANSPORT_KAFKA_CERTIFICATE_H_

#include <string>
#include <string_view>

#include "base/endpoint.h"
#include "socklog/time.h"
#include "transport/kafka/settings.h"

namespace socklog {

struct BrokerCertificate {
  enum class State { kAccepted, kRefused, kUnknown };
  State state = State::kUnknown;
  std::string why;       // it is refused, "hostname mismatch", or there was none to look at
  Micros end = kNoTime;  // of one that is accepted
};

// Begins TLS with a broker, without a certificate of this side. `text`: what the endpoint is called.
BrokerCertificate LookAtCertificate(const HostAndPort& broker, const std::string& text, const KafkaSettings& settings,
                                    Micros patience, const Clock& clock);

// Looks at the certificate of the broker that `problem`, a text of the library, names, or else of the first of the
// endpoint. "hostname mismatch", "certificate has expired"; empty if it is accepted now, or cannot be looked at in a
// few seconds.
std::string WhyCertificateIsRefused(std::string_view problem, const Endpoint& endpoint, const KafkaSettings& settings,
                                    const Clock& clock);

}  // namespace socklog

#endif  // SOCKLOG_TRANSPORT_KAFKA_CERTIFICATE_H_
