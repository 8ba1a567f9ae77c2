// The mock cluster of librdkafka, for troubles that a real broker cannot be asked for.
#ifndef SOCKLOG_TESTS_UNIT_TRANSPORT_MOCK_CLUSTER_H_
#define SOCKLOG_TESTS_UNIT_TRANSPORT_MOCK_CLUSTER_H_

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <array>
#include <memory>
#include <string>
#include <utility>

#include "support/catch.h"
#include "testing.h"

namespace socklog::testing {

// Brokers in this process; the topic "t".
class MockCluster {
 public:
  explicit MockCluster(int brokers, int partitions) {
    std::array<char, 256> text{};
    rd_kafka_conf_t* const conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "log_level", "0", nullptr, 0);
    handle_ = rd_kafka_new(RD_KAFKA_PRODUCER, conf, text.data(), text.size());
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

inline std::unique_ptr<Sink> NewSink(const std::string& url, bool may_drop = false, const Clock& clock = TestClock()) {
  SinkOptions options;
  options.may_drop = may_drop;
  options.connection.kafka.properties = {"queue.buffering.max.messages=10", "reconnect.backoff.max.ms=200"};
  Result<std::unique_ptr<Sink>> sink = OpenSink(At(url), options, clock);
  REQUIRE(sink.ok());
  return std::move(sink).value();
}

}  // namespace socklog::testing

#endif  // SOCKLOG_TESTS_UNIT_TRANSPORT_MOCK_CLUSTER_H_
