#include "transport/kafka/errors.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace socklog {
namespace {

constexpr int kScramWorksWithKafka4 = 0x02060100;  // 2.6.1
constexpr char kOffered[] = "supported mechanisms:";

bool Has(const KafkaProblem& problem, std::string_view words) { return problem.text.find(words) != std::string::npos; }

bool IsTransport(const KafkaProblem& problem) {
  return problem.code == RD_KAFKA_RESP_ERR__TRANSPORT || problem.code == RD_KAFKA_RESP_ERR__SSL;
}

// TLS alerts that speak of a certificate: 42 to 46, unknown_ca, access_denied, certificate_required. Others are of
// versions, ciphers and faults.
bool IsRefusedClientCertificate(const KafkaProblem& problem) {
  constexpr std::string_view kAlert = "SSL alert number ";
  constexpr int kAboutCertificates[] = {42, 43, 44, 45, 46, 48, 49, 116};
  if (!IsTransport(problem)) return false;
  if (Has(problem, "alert bad certificate") || Has(problem, "alert certificate")) return true;
  const std::size_t at = problem.text.find(kAlert);
  if (at == std::string::npos) return false;
  const int number = std::atoi(problem.text.c_str() + at + kAlert.size());
  return std::find(std::begin(kAboutCertificates), std::end(kAboutCertificates), number) !=
         std::end(kAboutCertificates);
}

bool ExpectsTls(const KafkaProblem& problem) { return Has(problem, "might be caused by incorrect security.protocol"); }

bool ExpectsLogin(const KafkaProblem& problem) { return Has(problem, "might require SASL authentication"); }

bool SpeaksNoTls(const KafkaProblem& problem) {
  return IsTransport(problem) &&
         ((Has(problem, "Disconnected") && Has(problem, "in state SSL_HANDSHAKE")) ||
          Has(problem, "unexpected eof while reading") || Has(problem, "wrong version number") ||
          Has(problem, "might not be a TLS") || Has(problem, "connecting to a PLAINTEXT"));
}

// The answer to the first question was none of Kafka's.
bool SpeaksNoKafka(const KafkaProblem& problem) {
  return Has(problem, "state APIVERSION_QUERY") &&
         (Has(problem, "Invalid response size") || Has(problem, "Read underflow"));
}

std::string VersionText(int version) {
  return std::to_string(version >> 24 & 0xff) + "." + std::to_string(version >> 16 & 0xff) + "." +
         std::to_string(version >> 8 & 0xff);
}

// "User:anna", or a word for whoever it is.
std::string PrincipalOf(const KafkaSettings& settings) {
  const std::string user = SettingOf(settings, "sasl.username");
  return "User:" + (user.empty() ? "NAME" : user);
}

// One permission covers them all.
std::string TransactionalIdPrefix(const std::string& group) { return "socklog-" + group + "-"; }

Status ExplainLogin(const KafkaProblem& problem, const KafkaSituation& situation) {
  const std::string place = situation.endpoint.text + ": ";
  if (const std::size_t offered = problem.text.find(kOffered); offered != std::string::npos) {
    const std::string_view rest = std::string_view(problem.text).substr(offered + std::string_view(kOffered).size());
    if (rest.substr(0, rest.find('(')).find_first_not_of(' ') == std::string_view::npos) {
      return Status::Usage(place + "the broker expects no login at that port; give the port where it does, or leave " +
                           "out security.protocol and sasl.*");
    }
    return Status::Usage(place + "the broker does not offer the mechanism of login that was asked for; its " +
                         problem.text.substr(offered) + " (set sasl.mechanisms to one of them)");
  }
  const std::string mechanism = LoginMechanism(situation.settings);
  std::string text = place + "the broker refused the login of '" + SettingOf(situation.settings, "sasl.username") +
                     "' by " + mechanism +
                     ": the user or the password is wrong; correct sasl.username and sasl.password (--kafka-config)";
  if (mechanism.starts_with("SCRAM") && situation.library_version < kScramWorksWithKafka4) {
    text += ". If both are right and this is Kafka 4: SCRAM fails there before librdkafka 2.6.1, and this is " +
            VersionText(situation.library_version) + "; use a client certificate, or sasl.mechanisms=PLAIN over TLS";
  }
  return Status::Failed(text);
}

Status ExplainCertificate(const KafkaSituation& situation) {
  const std::string& why = situation.certificate;
  const std::string authorities = SettingOf(situation.settings, "ssl.ca.location");
  std::string mend = "give the authority that signed it with --tls-ca";
  if (!authorities.empty())
    mend = "the authorities are those of " + authorities +
           " (ssl.ca.location, else --tls-ca): give the one that signed it";
  if (why.find("expired") != std::string::npos) {
    mend = "renew it";
  } else if (why.find("mismatch") != std::string::npos) {
    mend = "name the broker as its certificate does, and let it advertise that name";
  }
  return Status::Failed(situation.endpoint.text + ": the broker's certificate is not accepted" +
                        (why.empty() ? "" : ": " + why) + "; " + mend);
}

Status ExplainPermission(const KafkaSituation& situation) {
  const std::string operation = situation.task == KafkaTask::kRead ? "Read" : "Write";
  const std::string doing = situation.task == KafkaTask::kRead ? "read" : "write to";
  return Status::Failed(situation.endpoint.text + ": there is no permission to " + doing + " topic '" +
                        situation.endpoint.topic + "', or no such topic, which the broker does not tell: allow it " +
                        "(kafka-acls.sh --add --allow-principal " + PrincipalOf(situation.settings) + " --operation " +
                        operation + " --topic " + situation.endpoint.topic + "), or correct the name");
}

Status ExplainTransport(const KafkaProblem& problem, const KafkaSituation& situation) {
  const std::string place = situation.endpoint.text + ": ";
  if (IsAboutCertificate(problem)) return ExplainCertificate(situation);
  if (IsRefusedClientCertificate(problem)) {
    return Status::Failed(place +
                          "the broker refused this side's certificate, or misses one; give one of its authority with "
                          "--tls-cert and --tls-key");
  }
  // What closed a connection at once has answered before: it is not a matter of settings.
  if (situation.was_reached && IsGuess(problem)) {
    const char* const why = SpeaksNoKafka(problem) ? "what answers is none" : "it closes connections";
    return {StatusCode::kUnavailable, place + "cannot reach the broker: " + why};
  }
  if (SpeaksNoKafka(problem)) {
    return Status::Failed(place + "what answers there is no Kafka broker; correct the address and the port");
  }
  if (ExpectsTls(problem)) {
    return Status::Failed(place +
                          "the broker closes the connection at once, as one does that expects TLS; set "
                          "security.protocol=sasl_ssl or ssl, or give its port for plain connections");
  }
  if (ExpectsLogin(problem)) {
    return Status::Failed(place +
                          "the broker expects a login; set security.protocol=sasl_ssl, sasl.mechanisms, "
                          "sasl.username and sasl.password (--kafka-config)");
  }
  if (SpeaksNoTls(problem)) {
    return Status::Failed(place + "the broker does not speak TLS at that port; give the port where it does");
  }
  const bool lacks_descriptors = Has(problem, "Too many open files");
  return {StatusCode::kUnavailable, place + "cannot reach the broker: " + problem.text +
                                        (lacks_descriptors ? "; raise the limit (LimitNOFILE, ulimit -n)" : "")};
}

}  // namespace

KafkaProblem ProblemIn(const rd_kafka_error_t* error) {
  return {rd_kafka_error_code(error), rd_kafka_error_string(error)};
}

std::string TransactionalId(const std::string& group) { return TransactionalIdPrefix(group) + "worker"; }

std::string ProbeTransactionalId(const std::string& group) { return TransactionalIdPrefix(group) + "probe"; }

Status CheckStatePartitions(const Endpoint& topic, int partitions) {
  if (partitions == 1) return Status();
  return Status::Usage(topic.text + ": has " + std::to_string(partitions) +
                       " partitions; a state needs a topic of one, compacted: make one (kafka-topics.sh --create "
                       "--partitions 1 --config cleanup.policy=compact) and name it with --state-topic");
}

bool IsAboutCertificate(const KafkaProblem& problem) {
  return IsTransport(problem) && Has(problem, "certificate verify failed");
}

bool IsHopeless(const KafkaProblem& problem) {
  switch (problem.code) {
    case RD_KAFKA_RESP_ERR__AUTHENTICATION:
    case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION:
    case RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_INCONSISTENT_GROUP_PROTOCOL:
    case RD_KAFKA_RESP_ERR_INVALID_SESSION_TIMEOUT:
    case RD_KAFKA_RESP_ERR_INVALID_TRANSACTION_TIMEOUT:
    case RD_KAFKA_RESP_ERR__FENCED:
    case RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID:
    case RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH:
    case RD_KAFKA_RESP_ERR_PRODUCER_FENCED:
    case RD_KAFKA_RESP_ERR__FATAL:
      return true;
    default:
      return IsAboutCertificate(problem) || IsRefusedClientCertificate(problem);
  }
}

bool IsGuess(const KafkaProblem& problem) {
  return ExpectsTls(problem) || ExpectsLogin(problem) || SpeaksNoTls(problem) || SpeaksNoKafka(problem);
}

Status ExplainKafka(const KafkaProblem& problem, const KafkaSituation& situation) {
  const std::string place = situation.endpoint.text + ": ";
  switch (problem.code) {
    case RD_KAFKA_RESP_ERR__AUTHENTICATION:
    case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
      return ExplainLogin(problem, situation);
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:  // an idempotent producer that may write to no topic at all
      return ExplainPermission(situation);
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
      return Status::Failed(place + "there is no permission to use group '" + situation.group +
                            "': allow it (kafka-acls.sh --add --allow-principal " + PrincipalOf(situation.settings) +
                            " --operation Read --group " + situation.group + ")");
    case RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED: {
      const std::string prefix = TransactionalIdPrefix(situation.group);
      return Status::Failed(place + "there is no permission to use transactional ids that begin with '" + prefix +
                            "': allow them (kafka-acls.sh --add --allow-principal " + PrincipalOf(situation.settings) +
                            " --operation Write --transactional-id " + prefix + " --resource-pattern-type prefixed)");
    }
    case RD_KAFKA_RESP_ERR__FENCED:
    case RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID:
    case RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH:
    case RD_KAFKA_RESP_ERR_PRODUCER_FENCED:
      return Status::Failed(place + "another instance has taken over group '" + situation.group +
                            "', or the broker was away for longer than transaction.timeout.ms; nothing is half done: "
                            "start this one again unless another works");
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:  // of a topic that was deleted while it was written
      return Status::Failed(place + "there is no topic '" + situation.endpoint.topic +
                            "'; make it (kafka-topics.sh --create), or correct the name");
    case RD_KAFKA_RESP_ERR__RESOLVE:
      return {StatusCode::kUnavailable, place + "cannot find the broker's address: " + problem.text};
    case RD_KAFKA_RESP_ERR_INCONSISTENT_GROUP_PROTOCOL:
      return Status::Failed(place + "other programs are members of group '" + situation.group +
                            "'; give one of its own (--group)");
    case RD_KAFKA_RESP_ERR_INVALID_SESSION_TIMEOUT:
      return Status::Usage(place +
                           "session.timeout.ms is not within what the broker allows (group.min.session.timeout.ms to "
                           "group.max.session.timeout.ms, by default 6000 to 1800000)");
    case RD_KAFKA_RESP_ERR_INVALID_TRANSACTION_TIMEOUT:
      return Status::Usage(place +
                           "transaction.timeout.ms is larger than the broker allows (transaction.max.timeout.ms, by "
                           "default 900000); lower it");
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
      return Status::Failed(place + "a record is larger than the topic takes; raise its max.message.bytes");
    case RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP:
      return Status::Failed(place +
                            "the topic refuses the time of a record; raise its message.timestamp.before.max.ms" +
                            " and message.timestamp.after.max.ms, or correct the clock that the log's times come from");
    case RD_KAFKA_RESP_ERR__MSG_TIMED_OUT:
      return Status::Failed(place +
                            "a record could not be delivered in time (message.timeout.ms): is the broker away?");
    case RD_KAFKA_RESP_ERR__TRANSPORT:
    case RD_KAFKA_RESP_ERR__SSL:
    case RD_KAFKA_RESP_ERR__TIMED_OUT:
    case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN:
      return ExplainTransport(problem, situation);
    default:
      if (SpeaksNoKafka(problem)) return ExplainTransport(problem, situation);
      return Status::Failed(place + (problem.text.empty() ? rd_kafka_err2str(problem.code) : problem.text));
  }
}

}  // namespace socklog
