// Troubles of writing to Kafka, with the mock cluster of librdkafka.
#include <string>
#include <utility>
#include <vector>

#include "mock_cluster.h"
#include "support/captured_stderr.h"
#include "support/catch.h"
#include "support/manual_clock.h"
#include "testing.h"
#include "transport/kafka/transaction.h"
#include "transport/sink_stop.h"

namespace socklog {
namespace {

using testing::At;
using testing::Has;
using testing::MockCluster;
using testing::NewSink;
using testing::Reader;
using testing::TestClock;

std::string AllOf(const std::string& url) {
  SourceOptions options;
  options.until_end = true;
  Reader reader({url}, options);
  CHECK(reader.ReadAll());
  return reader.text();
}

void RefuseRecords(const MockCluster& mock, std::size_t times) {
  constexpr std::int16_t kProduce = 0;
  const std::vector<rd_kafka_resp_err_t> errors(times, RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE);
  rd_kafka_mock_push_request_errors_array(mock.cluster(), kProduce, errors.size(), errors.data());
}

TEST_CASE("Kafka: what is on its way is delivered though nothing is finished") {
  const MockCluster mock(1, 1);
  REQUIRE(NewSink(mock.url())->Write("a\nb\n").ok());
  CHECK(AllOf(mock.url()) == "a\nb\n");
}

TEST_CASE("Kafka: an outage is told once, and its end, though all is confirmed by then") {
  const MockCluster mock(1, 1);
  testing::ManualClock clock;
  const std::unique_ptr<Sink> sink = NewSink(mock.url(), false, clock);
  const testing::CapturedStderr captured;
  const auto flush_until = [&](const char* text) {
    const Micros end = TestClock().Monotonic() + testing::kPatience;
    bool found = false;
    while (!found && TestClock().Monotonic() < end && sink->Flush(/*durable=*/false).ok())
      found = captured.text().find(text) != std::string::npos;
    return found;
  };
  rd_kafka_mock_broker_set_down(mock.cluster(), 1);
  REQUIRE(sink->Write("a\n").ok());
  REQUIRE(sink->Flush(false).ok());
  CHECK(captured.text().empty());
  clock.Turn(10 * kSecond);
  CHECK(flush_until("1 record on the way, until it is back"));
  CHECK(captured.text().find("confirms records again") == std::string::npos);
  rd_kafka_mock_broker_set_up(mock.cluster(), 1);
  CHECK(flush_until("the broker confirms records again"));
}

TEST_CASE("Kafka: a record that is too large is an error, or dropped where it may be") {
  const MockCluster mock(1, 1);
  RefuseRecords(mock, 1);
  const std::unique_ptr<Sink> strict = NewSink(mock.url());
  REQUIRE(strict->Write("a\n").ok());
  CHECK(Has(strict->Finish().message(), "larger than the topic takes"));
  RefuseRecords(mock, 1);
  const testing::CapturedStderr captured;
  const std::unique_ptr<Sink> lenient = NewSink(mock.url(), /*may_drop=*/true);
  REQUIRE(lenient->Write("b\n").ok());
  CHECK(lenient->Flush(/*durable=*/true).ok());
  REQUIRE(lenient->Write("c\n").ok());
  CHECK(lenient->Finish().ok());
  CHECK(Has(captured.text(), "dropped"));
  CHECK(AllOf(mock.url()) == "c\n");
}

// From Begin on a second passes at each look, and the broker is away until some have passed.
class JumpingClock : public Clock {
 public:
  explicit JumpingClock(const MockCluster& mock) : mock_(mock) {}
  void Begin() {
    rd_kafka_mock_broker_set_down(mock_.cluster(), 1);
    looks_ = 1;
  }
  Micros Now() const override { return TestClock().Now(); }
  Micros Monotonic() const override {
    if (looks_ > 0 && looks_ < kAway && ++looks_ == kAway) rd_kafka_mock_broker_set_up(mock_.cluster(), 1);
    return looks_ * kSecond;
  }

 private:
  static constexpr int kAway = 18;  // into the wait for all
  const MockCluster& mock_;
  mutable int looks_ = 0;
};

TEST_CASE("Kafka: a record that waited for room is written though a stop came meanwhile") {
  const MockCluster mock(1, 1);
  JumpingClock clock(mock);
  const std::unique_ptr<Sink> sink = NewSink(mock.url(), false, clock);
  clock.Begin();
  std::string lines;
  for (int i = 0; i < 11; ++i) lines += std::to_string(i) + "\n";
  StopSinks();
  CHECK(sink->Write(lines).ok());
  CHECK(sink->Finish().ok());
  ResetSinkStopForTest();
  CHECK(AllOf(mock.url()) == lines);
}

// Seconds pass at each look.
class HastyClock : public Clock {
 public:
  Micros Now() const override { return TestClock().Now(); }
  Micros Monotonic() const override { return now_ += kSecond; }

 private:
  mutable Micros now_ = 0;
};

class NoGroup : public TransactionGroup {
 public:
  Result<KafkaGroupMetadata> Hold() override { return KafkaGroupMetadata(rd_kafka_consumer_group_metadata_new("g")); }
  void Release() override {}
};

std::unique_ptr<KafkaTransactions> TransactionsWithRecord(const MockCluster& mock, const Clock& clock) {
  ConnectionOptions options;
  options.kafka.group = "g";
  options.connect_timeout = 1000 * kSecond;
  Result<std::unique_ptr<KafkaTransactions>> transactions = KafkaTransactions::Open(At(mock.url()), options, clock);
  REQUIRE(transactions.ok());
  REQUIRE((*transactions)->Begin().ok());
  (*transactions)->Add((*transactions)->client().topic(), 0, {"a\n", "key"});
  return std::move(*transactions);
}

KafkaOffsets BeginningOfTopic() {
  KafkaOffsets offsets(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(offsets.get(), "t", 0)->offset = 0;
  return offsets;
}

TEST_CASE("Kafka: a transaction that waits for its coordinator is told of, and goes on") {
  const MockCluster mock(1, 1);
  const HastyClock clock;
  const std::unique_ptr<KafkaTransactions> transactions = TransactionsWithRecord(mock, clock);
  constexpr std::int16_t kEndTxn = 26;
  const std::vector<rd_kafka_resp_err_t> errors(10, RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE);
  rd_kafka_mock_push_request_errors_array(mock.cluster(), kEndTxn, errors.size(), errors.data());
  const KafkaOffsets offsets = BeginningOfTopic();
  NoGroup group;
  const testing::CapturedStderr captured;
  CHECK(transactions->Commit(offsets, &group).ok());
  CHECK(Has(captured.text(), "what was found waits for the transaction"));
  CHECK(Has(captured.text(), "the broker answers the transaction again"));
}

TEST_CASE("Kafka: a transaction that is given up at the stop is a failure, though the broker is only away") {
  const MockCluster mock(1, 1);
  const HastyClock clock;
  const std::unique_ptr<KafkaTransactions> transactions = TransactionsWithRecord(mock, clock);
  rd_kafka_mock_broker_set_down(mock.cluster(), 1);
  StopSinks();
  const KafkaOffsets offsets = BeginningOfTopic();
  NoGroup group;
  const Status status = transactions->Commit(offsets, &group);
  ResetSinkStopForTest();
  CHECK(status.code() == StatusCode::kFailed);
  CHECK(Has(status.message(), "cannot reach the broker"));
}

}  // namespace
}  // namespace socklog
