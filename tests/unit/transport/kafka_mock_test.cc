// Troubles that a real broker cannot be asked for, with the mock cluster of librdkafka.
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <string>
#include <thread>

#include "support/catch.h"
#include "testing.h"
#include "transport/kafka/client.h"

namespace socklog {
namespace {

using testing::At;
using testing::Has;
using testing::Reader;
using testing::TestClock;

// Brokers in this process; the topic "t".
class MockCluster {
 public:
  explicit MockCluster(int brokers, int partitions) {
    std::array<char, 256> text{};
    handle_ = rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), text.data(), text.size());
    cluster_ = rd_kafka_mock_cluster_new(handle_, brokers);
    rd_kafka_mock_topic_create(cluster_, "t", partitions, 1);
  }
  MockCluster(const MockCluster&) = delete;
  MockCluster& operator=(const MockCluster&) = delete;
  ~MockCluster() {
    rd_kafka_mock_cluster_destroy(cluster_);
    rd_kafka_destroy(handle_);
  }
  std::string url() const { return std::string("kafka://") + rd_kafka_mock_cluster_bootstraps(cluster_) + "/t"; }
  rd_kafka_mock_cluster_t* cluster() const { return cluster_; }

 private:
  rd_kafka_t* handle_ = nullptr;
  rd_kafka_mock_cluster_t* cluster_ = nullptr;
};

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
  std::string url() const { return "kafka://127.0.0.1:" + std::to_string(port_) + "/t"; }

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

TEST_CASE("Kafka: a partition without a leader is not idle") {
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

}  // namespace
}  // namespace socklog
