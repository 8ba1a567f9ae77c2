// Troubles of reading from Kafka, and of any client, with the mock cluster of librdkafka.
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstring>
#include <string>
#include <thread>

#include "mock_cluster.h"
#include "support/catch.h"
#include "testing.h"
#include "transport/kafka/client.h"

namespace socklog {
namespace {

using testing::At;
using testing::Has;
using testing::MockCluster;
using testing::NewSink;
using testing::Reader;
using testing::TestClock;

std::unique_ptr<KafkaClient> NewClient(const std::string& url) {
  Result<std::unique_ptr<KafkaClient>> client =
      KafkaClient::New({At(url), {}, RD_KAFKA_CONSUMER, {{"group.id", "g"}, {"reconnect.backoff.max.ms", "200"}}, {}});
  REQUIRE(client.ok());
  return std::move(client).value();
}

// Takes connections and closes them, as a broker does that is being stopped, and one that expects TLS.
class ClosingServer {
 public:
  ClosingServer() : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    REQUIRE(bind(fd_.get(), reinterpret_cast<sockaddr*>(&address), size) == 0);
    REQUIRE(listen(fd_.get(), 10) == 0);
    getsockname(fd_.get(), reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] {
      for (;;) {
        const UniqueFd client(accept4(fd_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (client.get() < 0) return;
      }
    });
  }
  ClosingServer(const ClosingServer&) = delete;
  ClosingServer& operator=(const ClosingServer&) = delete;
  ~ClosingServer() {
    shutdown(fd_.get(), SHUT_RDWR);
    thread_.join();
  }
  std::string url() const { return "kafka://" + address() + "/t"; }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  UniqueFd fd_;
  int port_ = 0;
  std::thread thread_;
};

TEST_CASE("Kafka: connections that are closed at once are no reason to give up at once") {
  const ClosingServer server;
  const std::unique_ptr<KafkaClient> client = NewClient(server.url());
  const Micros begin = TestClock().Monotonic();
  const Result<int> partitions = client->WaitForTopic(2 * kSecond, TestClock());
  REQUIRE(!partitions.ok());
  CHECK(Has(partitions.status().message(), "expects TLS"));
  CHECK(TestClock().Monotonic() - begin >= 2 * kSecond);
}

TEST_CASE("Kafka: where nobody listens hides nothing of what another address does") {
  const ClosingServer server;
  const std::unique_ptr<KafkaClient> client = NewClient("kafka://127.0.0.1:1," + server.address() + "/t");
  const Result<int> partitions = client->WaitForTopic(3 * kSecond, TestClock());
  REQUIRE(!partitions.ok());
  CHECK(Has(partitions.status().message(), "expects TLS"));
}

TEST_CASE("Kafka: a partition without a leader is not idle") {
  // Seen in 2.8: the mock cluster itself ends the process when it is asked for such a partition.
  if (rd_kafka_version() >= 0x02050000) {
    WARN("skipped: the mock cluster of this librdkafka cannot do without a leader");
    return;
  }
  const MockCluster mock(2, 2);
  SourceOptions options;
  options.connection.kafka.offset = "beginning";
  Reader reader({mock.url()}, options);
  const auto idle = [&](PartitionId id) { return reader.source().can_idle(id); };
  REQUIRE(reader.ReadUntil([&] { return idle(0) && idle(1); }));
  rd_kafka_mock_partition_set_leader(mock.cluster(), "t", 1, -1);
  CHECK(reader.ReadUntil([&] { return !idle(1); }));
  CHECK(reader.ReadUntil([&] { return idle(0); }));
  CHECK(!idle(1));
  rd_kafka_mock_partition_set_leader(mock.cluster(), "t", 1, 1);
  CHECK(reader.ReadUntil([&] { return idle(0) && idle(1); }));
}

TEST_CASE("Kafka: a partition whose leader cannot be reached is not idle, though another broker answers") {
  constexpr int kPartitions = 64;  // more than can be asked for one after the other
  const MockCluster mock(2, kPartitions);
  for (int i = 0; i < kPartitions; ++i) rd_kafka_mock_partition_set_leader(mock.cluster(), "t", i, i % 2 + 1);
  const testing::CapturedStderr captured;
  SourceOptions options;
  options.connection.kafka.offset = "beginning";
  options.connection.kafka.properties = {"reconnect.backoff.max.ms=200"};
  Reader reader({mock.url()}, options);
  const auto idle = [&](PartitionId id) { return reader.source().can_idle(id); };
  REQUIRE(reader.ReadUntil([&] { return idle(0) && idle(1); }));
  rd_kafka_mock_broker_set_down(mock.cluster(), 2);
  REQUIRE(reader.ReadUntil([&] { return Has(captured.text(), "cannot reach the broker"); }));
  CHECK(!idle(1));
  rd_kafka_mock_broker_set_up(mock.cluster(), 2);
  CHECK(reader.ReadUntil([&] { return idle(0) && idle(1); }));
  CHECK(Has(captured.text(), "the broker is back"));
}

TEST_CASE("Kafka: what cannot be read is told, and ends the run when it stays so") {
  const MockCluster mock(1, 1);
  REQUIRE(NewSink(mock.url())->Write("a\n").ok());
  constexpr std::int16_t kFetch = 1;
  const std::vector<rd_kafka_resp_err_t> errors(50, RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE);
  rd_kafka_mock_push_request_errors_array(mock.cluster(), kFetch, errors.size(), errors.data());
  const testing::CapturedStderr captured;
  SourceOptions options;
  options.until_end = true;
  Reader reader({mock.url()}, options);
  CHECK(!reader.ReadAll());
  CHECK(Has(reader.error().message(), "t/0: what begins at offset 0 cannot be read"));
  CHECK(Has(captured.text(), "trying again"));
}

TEST_CASE("Kafka: an offset that is not there yet is told") {
  const MockCluster mock(1, 1);
  REQUIRE(NewSink(mock.url())->Write("a\nb\n").ok());
  const testing::CapturedStderr captured;
  SourceOptions options;
  options.until_end = true;
  options.connection.kafka.offset = "5";
  Reader reader({mock.url()}, options);
  CHECK(reader.ReadAll());
  CHECK(Has(captured.text(), "t/0: has no offset 5 yet; beginning at its end, 2"));
}

TEST_CASE("Kafka: a group's stored offset") {
  const MockCluster mock(1, 1);
  REQUIRE(NewSink(mock.url())->Write("a\nb\n").ok());
  const auto text_from = [&](std::int64_t stored, const char* beside = "") {
    const std::unique_ptr<KafkaClient> client = NewClient(mock.url());
    REQUIRE(client->WaitForTopic(testing::kPatience, TestClock()).ok());
    const KafkaOffsets list(rd_kafka_topic_partition_list_new(1));
    rd_kafka_topic_partition_t* const place = rd_kafka_topic_partition_list_add(list.get(), "t", 0);
    place->offset = stored;
    place->metadata = strdup(beside);
    place->metadata_size = std::string_view(beside).size();
    REQUIRE(rd_kafka_commit(client->handle(), list.get(), 0) == RD_KAFKA_RESP_ERR_NO_ERROR);
    SourceOptions options;
    options.until_end = true;
    options.connection.kafka.group = "g";
    Reader reader({mock.url()}, options);
    CHECK(reader.ReadAll());
    return reader.text();
  };
  CHECK(text_from(1) == "b\n");
  CHECK(text_from(2).empty());
  const testing::CapturedStderr captured;
  CHECK(text_from(1, "1 - 99").empty());
  CHECK(Has(captured.text(), "t/0: ends before the place that was stored beside its offset, by 97 bytes"));
  CHECK(text_from(5) == "a\nb\n");
  CHECK(Has(captured.text(), "it was made anew"));
}

void RefuseFetches(const MockCluster& mock, std::size_t times) {
  constexpr std::int16_t kFetch = 1;
  const std::vector<rd_kafka_resp_err_t> errors(times, RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE);
  rd_kafka_mock_push_request_errors_array(mock.cluster(), kFetch, errors.size(), errors.data());
}

SourceOptions ResumingAt(const std::string& position) {
  SourceOptions options;
  options.until_end = true;
  options.resume = {{"t/0", position}};
  return options;
}

TEST_CASE("Kafka: a position that is gone when it is fetched skips nothing of the new place") {
  const MockCluster mock(1, 1);
  REQUIRE(NewSink(mock.url())->Write("a\nb\n").ok());
  RefuseFetches(mock, 1);
  const testing::CapturedStderr captured;
  SourceOptions options = ResumingAt("kafka1 0 0 2 - t");
  options.until_end = false;
  Reader reader({mock.url()}, options);
  // The mock cluster keeps 5 MB.
  const std::string line = std::string(99, 'x') + "\n";
  std::string lines;
  for (int i = 0; i < 80000; ++i) lines += line;
  SinkOptions uncompressed;
  uncompressed.connection.kafka.properties = {"compression.codec=none"};
  const std::unique_ptr<Sink> sink = OpenSink(At(mock.url()), uncompressed, TestClock()).value();
  REQUIRE(sink->Write(lines).ok());
  REQUIRE(sink->Finish().ok());
  REQUIRE(reader.ReadUntil([&] { return reader.source().can_idle(0); }));
  const std::uint64_t lost = reader.source().lost_records();
  CHECK(lost > 2);
  CHECK(Has(captured.text(), "are gone (retention) before they were read"));
  CHECK(reader.text().size() == line.size() * (80002 - lost));
}

TEST_CASE("Kafka: a place that the broker refuses for a while is asked for again, and nothing is read twice") {
  const MockCluster mock(1, 1);
  REQUIRE(NewSink(mock.url())->Write("a\nb\n").ok());
  RefuseFetches(mock, 2);
  const testing::CapturedStderr captured;
  Reader reader({mock.url()}, ResumingAt("kafka1 0 0 2 - t"));
  CHECK(reader.ReadAll());
  CHECK(reader.text() == "b\n");
  CHECK(reader.source().lost_records() == 0);
  CHECK(Has(captured.text(), "t/0: the broker refuses offset 0, though it has those from 0 to 2; asking for it again"));
}

TEST_CASE("Kafka: a place that the broker refuses for ever ends the run") {
  const MockCluster mock(1, 1);
  REQUIRE(NewSink(mock.url())->Write("a\nb\n").ok());
  RefuseFetches(mock, 50);
  const testing::CapturedStderr captured;
  Reader reader({mock.url()}, ResumingAt("kafka1 0 0 2 - t"));
  CHECK(!reader.ReadAll());
  CHECK(Has(reader.error().message(), "begin elsewhere with --offset"));
}

TEST_CASE("Kafka: offsets that cannot be looked up are asked for again") {
  const MockCluster mock(1, 1);
  REQUIRE(NewSink(mock.url())->Write("a\nb\n").ok());
  RefuseFetches(mock, 1);
  const testing::CapturedStderr captured;
  Reader reader({mock.url()}, ResumingAt("kafka1 0 0 2 - t"));
  constexpr std::int16_t kListOffsets = 2;
  const std::vector<rd_kafka_resp_err_t> errors(6, RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE);
  rd_kafka_mock_push_request_errors_array(mock.cluster(), kListOffsets, errors.size(), errors.data());
  CHECK(reader.ReadAll());
  CHECK(reader.text() == "b\n");
}

TEST_CASE("Kafka: a broker that goes away before the first record is waited for") {
  const MockCluster mock(1, 1);
  REQUIRE(NewSink(mock.url())->Write("a\nb\n").ok());
  const testing::CapturedStderr captured;
  SourceOptions options;
  options.until_end = true;
  options.connection.kafka.properties = {"reconnect.backoff.max.ms=200"};
  RefuseFetches(mock, 1);
  Reader reader({mock.url()}, options);
  rd_kafka_mock_broker_set_down(mock.cluster(), 1);
  CHECK(reader.ReadUntil([&] { return Has(captured.text(), "cannot reach the broker"); }));
  CHECK(reader.error().ok());
  rd_kafka_mock_broker_set_up(mock.cluster(), 1);
  CHECK(reader.ReadAll());
  CHECK(reader.text() == "a\nb\n");
}

TEST_CASE("Kafka: a position is that of the record that it is in") {
  const MockCluster mock(1, 1);
  REQUIRE(NewSink(mock.url())->Write(testing::Lines(0, 8)).ok());
  SourceOptions options;
  options.until_end = true;
  Reader reader({mock.url()}, options);
  REQUIRE(reader.ReadAll());
  CHECK(Has(reader.PositionOf(0), "kafka1 0 0 0 "));
  CHECK(Has(reader.PositionOf(7), "kafka1 0 7 0 "));
}

TEST_CASE("Kafka: where nothing was read yet, what an earlier run read of the first record stays known") {
  const MockCluster mock(1, 1);
  REQUIRE(NewSink(mock.url())->Write("abc\n").ok());
  Reader reader({mock.url()}, ResumingAt("kafka1 0 0 2 - t"));
  CHECK(Has(reader.source().EncodePosition(0, Position{}), "kafka1 0 0 2 "));
  REQUIRE(reader.ReadAll());
  CHECK(reader.text() == "c\n");
  CHECK(Has(reader.source().EncodePosition(0, Position{0, 2}), "kafka1 0 0 2 "));
  CHECK(Has(reader.source().EncodePosition(0, Position{0, 3}), "kafka1 0 0 3 "));
}

TEST_CASE("Kafka: a position of another cluster's topic is none of this one") {
  const MockCluster mock(1, 1);
  REQUIRE(NewSink(mock.url())->Write("a\nb\n").ok());
  const auto text_from = [&](const std::string& position) {
    SourceOptions options;
    options.until_end = true;
    options.resume = {{"t/0", position}};
    Reader reader({mock.url()}, options);
    CHECK(reader.ReadAll());
    return reader.text();
  };
  const std::unique_ptr<KafkaClient> client = NewClient(mock.url());
  REQUIRE(client->WaitForTopic(testing::kPatience, TestClock()).ok());
  REQUIRE(!client->cluster().empty());
  CHECK(text_from("kafka1 0 1 0 " + client->cluster() + " t") == "b\n");
  CHECK(text_from("kafka1 0 1 0 another t") == "a\nb\n");
}

TEST_CASE("Kafka: how far a source is behind") {
  const MockCluster mock(1, 1);
  REQUIRE(NewSink(mock.url())->Write("a\nb\n").ok());
  SourceOptions options;
  options.connection.kafka.offset = "beginning";
  Reader reader({mock.url()}, options);
  CHECK(reader.source().AskLag() == 2);
  REQUIRE(reader.ReadUntilText("a\nb\n"));
  CHECK(reader.source().AskLag() == 0);
  REQUIRE(NewSink(mock.url())->Write("c\n").ok());
  CHECK(reader.source().AskLag() == 1);
  // What was known last, where nobody answers.
  rd_kafka_mock_broker_set_down(mock.cluster(), 1);
  const Micros begin = TestClock().Monotonic();
  CHECK(reader.source().AskLag() <= 1);
  CHECK(TestClock().Monotonic() - begin < 3 * kSecond);
}

TEST_CASE("Kafka: a fatal error is told with its cause") {
  const MockCluster mock(1, 1);
  Result<std::unique_ptr<KafkaClient>> client = KafkaClient::New(
      {At(mock.url()), {}, RD_KAFKA_PRODUCER, {{"enable.idempotence", "true"}}, [](const rd_kafka_message_t&) {}});
  REQUIRE(client.ok());
  rd_kafka_test_fatal_error((*client)->handle(), RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, "the reason");
  const KafkaProblem problem = (*client)->ProblemOf(RD_KAFKA_RESP_ERR__FATAL);
  CHECK(problem.code == RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER);
  CHECK(Has(problem.text, "the reason"));
}

}  // namespace
}  // namespace socklog
