// What a client tells, without a broker.
#include <string>
#include <vector>

#include "support/captured_stderr.h"
#include "support/catch.h"
#include "testing.h"
#include "transport/kafka/client.h"

namespace socklog {
namespace {

using testing::At;
using testing::Has;
using testing::StderrOf;

constexpr const char* kNobody = "kafka://127.0.0.1:1/t";

std::unique_ptr<KafkaClient> NewClient(const std::string& url) {
  Result<std::unique_ptr<KafkaClient>> client =
      KafkaClient::New({At(url), {}, RD_KAFKA_CONSUMER, {{"group.id", "g"}}, {}});
  REQUIRE(client.ok());
  return std::move(client).value();
}

// The library tells it in a callback and in the place of a record, in any order.
TEST_CASE("Kafka: a fatal error is told by its cause, however the library tells it") {
  const std::unique_ptr<KafkaClient> one = NewClient(kNobody);
  rd_kafka_test_fatal_error(one->handle(), RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID, "by a test");
  const KafkaMessage message(rd_kafka_consumer_poll(one->handle(), 10000));
  REQUIRE(message != nullptr);
  CHECK(message->err == RD_KAFKA_RESP_ERR__FATAL);
  CHECK(one->ProblemOf(*message).code == RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID);

  const std::unique_ptr<KafkaClient> other = NewClient(kNobody);
  rd_kafka_test_fatal_error(other->handle(), RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID, "by a test");
  other->Poll(10000);
  REQUIRE(other->problem());
  CHECK(other->problem()->code == RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID);
}

TEST_CASE("Kafka: what is unsafe is told once, however many clients there are") {
  const std::string text = StderrOf([] {
    for (const char* url : {"kafka://a.example/once", "kafka://a.example/once", "kafka://a.example/other"})
      NewClient(url);
  });
  CHECK(Has(text, "'kafka://a.example/once' is insecure"));
  CHECK(Has(text, "'kafka://a.example/other' is insecure"));
  CHECK(text.find("/once'") == text.rfind("/once'"));
}

}  // namespace
}  // namespace socklog
