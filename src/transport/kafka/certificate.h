// Why a broker's certificate is not accepted: librdkafka tells that, but not why.
#ifndef SOCKLOG_TRANSPORT_KAFKA_CERTIFICATE_H_
#define SOCKLOG_TRANSPORT_KAFKA_CERTIFICATE_H_

#include <string>
#include <string_view>

#include "base/endpoint.h"
#include "socklog/time.h"
#include "transport/kafka/settings.h"

namespace socklog {

// Begins TLS with the broker that `problem`, a text of the library, names, or else with the first of the endpoint.
// "hostname mismatch", "certificate has expired"; empty if it is accepted now, or cannot be reached in a few seconds.
std::string WhyCertificateIsRefused(std::string_view problem, const Endpoint& endpoint, const KafkaSettings& settings,
                                    const Clock& clock);

}  // namespace socklog

#endif  // SOCKLOG_TRANSPORT_KAFKA_CERTIFICATE_H_
