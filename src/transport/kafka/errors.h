// What librdkafka says when something is wrong, and what that means to the one who started the program.
#ifndef SOCKLOG_TRANSPORT_KAFKA_ERRORS_H_
#define SOCKLOG_TRANSPORT_KAFKA_ERRORS_H_

#include <optional>
#include <string>

#include "base/endpoint.h"
#include "socklog/status.h"
#include "transport/kafka/settings.h"

namespace socklog {

// An error as the library tells it: in a callback, a message, a result.
struct KafkaProblem {
  rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR_NO_ERROR;
  std::string text;
};

KafkaProblem ProblemIn(const rd_kafka_error_t* error);

// What was being done with the topic.
enum class KafkaTask { kRead, kWrite };

struct KafkaSituation {
  const Endpoint& endpoint;
  const KafkaSettings& settings;
  KafkaTask task = KafkaTask::kRead;
  std::string group = {};
  int library_version = 0;  // rd_kafka_version()
  // What a TLS handshake of our own says of the broker's certificate, empty if it was not tried or is content.
  std::string certificate = {};
  // The broker has answered before, with these settings.
  bool was_reached = false;
};

// Of whoever works for a group: one for all its instances, so that who takes over ends what the one before left open,
// and keeps it from writing any more.
std::string TransactionalId(const std::string& group);
// Of who tries whether one could work. The live one would keep a worker from writing.
std::string ProbeTransactionalId(const std::string& group);

// Of a state's topic, which must have one partition. Ok if it has; else kUsage.
Status CheckStatePartitions(const Endpoint& topic, int partitions);

// Trying again will not help: a login or a certificate that is refused, a permission that is not there.
bool IsHopeless(const KafkaProblem& problem);

// Perhaps wrong settings: no TLS, no login, TLS where there is none, which the library guesses of a connection that was
// closed at once, though a broker that is being stopped looks the same; an answer that is none of a broker's.
bool IsGuess(const KafkaProblem& problem);

// The broker's certificate was not accepted; the library does not say why.
bool IsAboutCertificate(const KafkaProblem& problem);

// One line: what, where, why, what to do. kUsage where the configuration is at fault, kUnavailable where trying again
// may help, else kFailed. Never has a secret in it.
Status ExplainKafka(const KafkaProblem& problem, const KafkaSituation& situation);

}  // namespace socklog

#endif  // SOCKLOG_TRANSPORT_KAFKA_ERRORS_H_
