// What the library says in each situation, as it was seen, and what is made of it. tests/integration/kafka.py has most
// of them from a real broker.
#include <string>

#include "support/catch.h"
#include "transport/kafka/errors.h"

namespace socklog {
namespace {

constexpr int kOld = 0x020002ff;
constexpr int kNew = 0x020800ff;

struct Case {
  rd_kafka_resp_err_t code;
  const char* text;
  bool hopeless;
  StatusCode status;
  const char* words;
};

const Case kCases[] = {
    {RD_KAFKA_RESP_ERR__AUTHENTICATION,
     "sasl_ssl://b:9093/bootstrap: SASL authentication error: Authentication failed during authentication due to "
     "invalid "
     "credentials with SASL mechanism SCRAM-SHA-512 (after 300ms in state AUTH_REQ)",
     true, StatusCode::kFailed, "refused the login of 'anna' by SCRAM-SHA-512"},
    {RD_KAFKA_RESP_ERR__AUTHENTICATION,
     "sasl_ssl://b:9093/bootstrap: Unsupported SASL mechanism: broker's supported mechanisms: PLAIN,SCRAM-SHA-512",
     true, StatusCode::kUsage, "its supported mechanisms: PLAIN,SCRAM-SHA-512"},
    {RD_KAFKA_RESP_ERR__AUTHENTICATION,
     "sasl_plaintext://b:9092/bootstrap: Unsupported SASL mechanism: broker's supported mechanisms:  (after 1ms in "
     "state AUTH_HANDSHAKE)",
     true, StatusCode::kUsage, "expects no login at that port"},
    {RD_KAFKA_RESP_ERR_INCONSISTENT_GROUP_PROTOCOL, "JoinGroup failed: Broker: Inconsistent group protocol", true,
     StatusCode::kFailed, "other programs are members of group 'g'"},
    {RD_KAFKA_RESP_ERR_INVALID_SESSION_TIMEOUT, "JoinGroup failed: Broker: Invalid session timeout", true,
     StatusCode::kUsage, "session.timeout.ms"},
    {RD_KAFKA_RESP_ERR_INVALID_TRANSACTION_TIMEOUT, "Failed to acquire transactional PID", true, StatusCode::kUsage,
     "transaction.timeout.ms is larger"},
    {RD_KAFKA_RESP_ERR__TRANSPORT, "b:9092/bootstrap: Failed to create socket: Too many open files", false,
     StatusCode::kUnavailable, "LimitNOFILE"},
    {RD_KAFKA_RESP_ERR__SSL,
     "sasl_ssl://b:9093/bootstrap: SSL handshake failed: error:0A000086:SSL routines::certificate verify failed: "
     "broker "
     "certificate could not be verified, verify that ssl.ca.location is correctly configured",
     true, StatusCode::kFailed, "--tls-ca"},
    {RD_KAFKA_RESP_ERR__TRANSPORT, "ssl://b:9094/bootstrap: SSL alert number 42 (after 3ms in state APIVERSION_QUERY)",
     true, StatusCode::kFailed, "--tls-cert"},
    {RD_KAFKA_RESP_ERR__TRANSPORT, "ssl://b:9094/bootstrap: SSL alert number 46", true, StatusCode::kFailed,
     "--tls-cert"},
    {RD_KAFKA_RESP_ERR__TRANSPORT,
     "b:9093/bootstrap: Disconnected while requesting ApiVersion: might be caused by incorrect security.protocol "
     "configuration (connecting to a SSL listener?)",
     false, StatusCode::kFailed, "expects TLS"},
    {RD_KAFKA_RESP_ERR__SSL, "ssl://b:9092/bootstrap: SSL handshake failed: unexpected eof while reading", false,
     StatusCode::kFailed, "does not speak TLS"},
    {RD_KAFKA_RESP_ERR__TRANSPORT, "sasl_ssl://b:9092/bootstrap: Disconnected (after 3ms in state SSL_HANDSHAKE)",
     false, StatusCode::kFailed, "does not speak TLS"},
    {RD_KAFKA_RESP_ERR__TRANSPORT,
     "ssl://b:9093/bootstrap: broker might require SASL authentication (see sasl.mechanism)", false,
     StatusCode::kFailed, "expects a login"},
    {RD_KAFKA_RESP_ERR__TRANSPORT, "b:9092/bootstrap: Connect to ipv4#192.0.2.1:9092 failed: Connection refused", false,
     StatusCode::kUnavailable, "Connection refused"},
    {RD_KAFKA_RESP_ERR__BAD_MSG,
     "b:80/bootstrap: Receive failed: Invalid response size 1213486160 (0..100000000): increase "
     "receive.message.max.bytes (after 0ms in state APIVERSION_QUERY)",
     false, StatusCode::kFailed, "no Kafka broker"},
    {RD_KAFKA_RESP_ERR__BAD_MSG,
     "b:9092/1: Receive failed: Invalid response size 1213486160 (0..100000000): increase "
     "receive.message.max.bytes (after 9ms in state UP)",
     false, StatusCode::kFailed, "increase receive.message.max.bytes"},
    {RD_KAFKA_RESP_ERR__TRANSPORT,
     "b:9092/bootstrap: ApiVersionRequest failed: Local: Read underflow: probably due to broker version < 0.10 (after "
     "0ms in state APIVERSION_QUERY)",
     false, StatusCode::kFailed, "no Kafka broker"},
    {RD_KAFKA_RESP_ERR__RESOLVE, "b:9092/bootstrap: Failed to resolve 'b:9092'", false, StatusCode::kUnavailable,
     "cannot find the broker's address"},
    {RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, "Broker: Topic authorization failed", true, StatusCode::kFailed,
     "--allow-principal User:anna --operation Read --topic t"},
    {RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED, "Broker: Cluster authorization failed", true, StatusCode::kFailed,
     "no permission"},
    {RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED, "Broker: Group authorization failed", true, StatusCode::kFailed,
     "--operation Read --group g"},
    {RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED, "Broker: Transactional Id authorization failed", true,
     StatusCode::kFailed, "--operation Write --transactional-id socklog-g- --resource-pattern-type prefixed"},
    {RD_KAFKA_RESP_ERR__FENCED, "Local: This instance has been fenced by a newer instance", true, StatusCode::kFailed,
     "another instance has taken over group 'g'"},
    {RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, "Broker: Unknown topic or partition", false, StatusCode::kFailed,
     "there is no topic 't'"},
    {RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION, "Local: Unknown partition", false, StatusCode::kFailed,
     "there is no topic 't'"},
    {RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, "Broker: Message size too large", false, StatusCode::kFailed,
     "max.message.bytes"},
    {RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR, "", false, StatusCode::kFailed, "Invalid replication factor"},
};

TEST_CASE("What the library says, explained") {
  const Endpoint endpoint = *ParseEndpoint("kafka://b:9093/t");
  const KafkaSettings settings = {
      {"sasl.username", "anna"}, {"sasl.password", "geheim"}, {"sasl.mechanisms", "SCRAM-SHA-512"}};
  for (const Case& c : kCases) {
    INFO(c.text);
    const KafkaProblem problem{c.code, c.text};
    CHECK(IsHopeless(problem) == c.hopeless);
    const Status status = ExplainKafka(problem, {endpoint, settings, KafkaTask::kRead, "g", kNew});
    CHECK(status.code() == c.status);
    INFO(status.message());
    CHECK(status.message().find(c.words) != std::string::npos);
    CHECK(status.message().find("kafka://b:9093/t: ") == 0);
    CHECK(status.message().find("geheim") == std::string::npos);
  }
}

TEST_CASE("Guesses of the library at wrong settings are none once the broker has answered") {
  const Endpoint endpoint = *ParseEndpoint("kafka://b:9093/t");
  for (const char* text : {"might be caused by incorrect security.protocol configuration",
                           "broker might require SASL authentication", "unexpected eof while reading"}) {
    INFO(text);
    const KafkaProblem problem{RD_KAFKA_RESP_ERR__TRANSPORT, text};
    CHECK(IsGuess(problem));
    const KafkaSettings none;
    KafkaSituation situation{endpoint, none};
    CHECK(ExplainKafka(problem, situation).code() == StatusCode::kFailed);
    situation.was_reached = true;
    CHECK(ExplainKafka(problem, situation).code() == StatusCode::kUnavailable);
  }
  CHECK(!IsGuess({RD_KAFKA_RESP_ERR__TRANSPORT, "Connection refused"}));
}

TEST_CASE("Only some of the alerts of TLS are about this side's certificate") {
  for (const int about : {42, 46, 48, 49, 116})
    CHECK(IsHopeless({RD_KAFKA_RESP_ERR__SSL, "SSL alert number " + std::to_string(about) + " (after 3ms)"}));
  for (const int other : {40, 47, 70, 80, 112})
    CHECK(!IsHopeless({RD_KAFKA_RESP_ERR__SSL, "SSL alert number " + std::to_string(other) + " (after 3ms)"}));
}

TEST_CASE("SCRAM with Kafka 4 looks like a wrong password to an old library") {
  const Endpoint endpoint = *ParseEndpoint("kafka://b:9093/t");
  const KafkaProblem problem{RD_KAFKA_RESP_ERR__AUTHENTICATION,
                             "invalid credentials with SASL mechanism SCRAM-SHA-512"};
  const auto message = [&](int version, const char* mechanism) {
    return ExplainKafka(problem, {endpoint, {{"sasl.mechanisms", mechanism}}, KafkaTask::kRead, "", version}).message();
  };
  CHECK(message(kOld, "SCRAM-SHA-512").find("before librdkafka 2.6.1, and this is 2.0.2") != std::string::npos);
  CHECK(message(kNew, "SCRAM-SHA-512").find("Kafka 4") == std::string::npos);
  CHECK(message(kOld, "PLAIN").find("Kafka 4") == std::string::npos);
}

TEST_CASE("Why a certificate is not accepted decides what to do") {
  const Endpoint endpoint = *ParseEndpoint("kafka://b:9093/t");
  const KafkaProblem problem{RD_KAFKA_RESP_ERR__SSL, "certificate verify failed"};
  const auto message = [&](const char* why) {
    return ExplainKafka(problem, {endpoint, {}, KafkaTask::kRead, "", kNew, why}).message();
  };
  CHECK(message("certificate has expired").find("renew it") != std::string::npos);
  CHECK(message("hostname mismatch").find("name the broker as its certificate does") != std::string::npos);
  CHECK(message("unable to get local issuer certificate").find("--tls-ca") != std::string::npos);
}

TEST_CASE("Writing asks for another permission than reading") {
  const Endpoint endpoint = *ParseEndpoint("kafka://b:9093/t");
  const KafkaProblem problem{RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, ""};
  const std::string message = ExplainKafka(problem, {endpoint, {}, KafkaTask::kWrite, "", kNew}).message();
  CHECK(message.find("to write to topic 't'") != std::string::npos);
  CHECK(message.find("User:NAME --operation Write") != std::string::npos);
}

}  // namespace
}  // namespace socklog
