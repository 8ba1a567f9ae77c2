// What is found in a configuration of Kafka without a broker.
#include <string>
#include <vector>

#include "support/catch.h"
#include "testing.h"
#include "transport/kafka_probe.h"

namespace socklog {
namespace {

using testing::At;
using testing::Has;
using Use = ProbedTopic::Use;

std::string ErrorOf(const std::vector<std::string>& properties, Use use) {
  ConnectionOptions options;
  options.kafka.group = use == Use::kGroupWrite || use == Use::kGroupState ? "g" : "";
  options.kafka.properties = properties;
  std::vector<std::string> warnings;
  const Status status = CheckKafka(options, {{At("kafka://127.0.0.1:1/t"), use}}, &warnings);
  CHECK((status.ok() || status.code() == StatusCode::kUsage));
  return status.message();
}

TEST_CASE("Kafka: what the defaults are is right, whatever the task") {
  for (const Use use : {Use::kRead, Use::kWrite, Use::kGroupWrite, Use::kGroupState}) CHECK(ErrorOf({}, use).empty());
}

TEST_CASE("Kafka: properties that are wrong together are found for the task that they are wrong for") {
  CHECK(Has(ErrorOf({"fetch.max.bytes=1000"}, Use::kRead), "kafka://127.0.0.1:1/t: `fetch.max.bytes`"));
  CHECK(ErrorOf({"fetch.max.bytes=1000"}, Use::kWrite).empty());
  CHECK(Has(ErrorOf({"acks=0"}, Use::kWrite), "acks"));
  CHECK(Has(ErrorOf({"acks=0"}, Use::kGroupWrite), "acks"));
  CHECK(ErrorOf({"acks=0"}, Use::kRead).empty());
  CHECK(Has(ErrorOf({"message.timeout.ms=1"}, Use::kGroupState), "message.timeout.ms"));
  CHECK(Has(ErrorOf({"max.poll.interval.ms=6000"}, Use::kRead), "session.timeout.ms"));
}

TEST_CASE("Kafka: a login without what it needs") {
  const std::string protocol = "security.protocol=SASL_SSL";
  CHECK(Has(ErrorOf({protocol, "sasl.username=anna"}, Use::kRead), "security.protocol=sasl_ssl needs sasl.mechanisms"));
  CHECK(Has(ErrorOf({protocol, "sasl.mechanism=OAUTHBEARER"}, Use::kRead), "sasl.oauthbearer.method=oidc"));
  CHECK(ErrorOf({"security.protocol=ssl"}, Use::kRead).empty());
  CHECK(!Has(ErrorOf({protocol, "sasl.kerberos.service.name=kafka"}, Use::kRead), "needs sasl.mechanisms"));
}

}  // namespace
}  // namespace socklog
