// What a plain loop around librdkafka takes to read or write a topic, with the C library's allocator and nothing done
// with the records. socklog is measured against it.
//
//   kafka_bare read BROKERS TOPIC           all partitions from their beginning to their end
//   kafka_bare write BROKERS TOPIC < FILE   each line a record, as the idempotent producer; the key is the first word
//
// More arguments are properties, NAME=VALUE. Prints records, seconds, the processor's seconds, and records a second;
// what the process needs to begin, or to read its standard input, is in none of them.
#include <librdkafka/rdkafka.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

[[noreturn]] void Die(const std::string& why) {
  std::fprintf(stderr, "kafka_bare: %s\n", why.c_str());
  std::exit(1);
}

rd_kafka_t* NewClient(rd_kafka_type_t type, int argc, char** argv, std::vector<std::string> properties) {
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  properties.insert(properties.begin(), std::string("bootstrap.servers=") + argv[2]);
  for (int i = 4; i < argc; ++i) properties.emplace_back(argv[i]);
  char text[512];
  for (const std::string& property : properties) {
    const std::size_t equals = property.find('=');
    if (rd_kafka_conf_set(conf, property.substr(0, equals).c_str(), property.substr(equals + 1).c_str(), text,
                          sizeof(text)) != RD_KAFKA_CONF_OK)
      Die(text);
  }
  rd_kafka_t* client = rd_kafka_new(type, conf, text, sizeof(text));
  if (client == nullptr) Die(text);
  return client;
}

int CountPartitions(rd_kafka_t* client, const char* topic) {
  rd_kafka_topic_t* handle = rd_kafka_topic_new(client, topic, nullptr);
  const rd_kafka_metadata_t* metadata = nullptr;
  if (rd_kafka_metadata(client, 0, handle, &metadata, 10000) != RD_KAFKA_RESP_ERR_NO_ERROR) Die("no answer");
  const int count = metadata->topics[0].partition_cnt;
  rd_kafka_metadata_destroy(metadata);
  rd_kafka_topic_destroy(handle);
  return count;
}

std::uint64_t Read(int argc, char** argv) {
  rd_kafka_t* client = NewClient(
      RD_KAFKA_CONSUMER, argc, argv,
      {"group.id=kafka-bare", "enable.auto.commit=false", "enable.auto.offset.store=false", "enable.partition.eof=true",
       "isolation.level=read_committed", "queued.min.messages=1000000", "fetch.message.max.bytes=8000000",
       "fetch.wait.max.ms=100"});  // or it would wait half a second for the end
  rd_kafka_poll_set_consumer(client);
  const int partitions = CountPartitions(client, argv[3]);
  rd_kafka_topic_partition_list_t* list = rd_kafka_topic_partition_list_new(partitions);
  for (int i = 0; i < partitions; ++i)
    rd_kafka_topic_partition_list_add(list, argv[3], i)->offset = RD_KAFKA_OFFSET_BEGINNING;
  rd_kafka_assign(client, list);
  rd_kafka_topic_partition_list_destroy(list);
  rd_kafka_queue_t* queue = rd_kafka_queue_get_consumer(client);
  std::vector<rd_kafka_message_t*> batch(1024);
  std::uint64_t records = 0;
  for (int ended = 0; ended < partitions;) {
    const ssize_t count = rd_kafka_consume_batch_queue(queue, 100, batch.data(), batch.size());
    for (ssize_t i = 0; i < count; ++i) {
      records += batch[i]->err == RD_KAFKA_RESP_ERR_NO_ERROR ? 1 : 0;
      ended += batch[i]->err == RD_KAFKA_RESP_ERR__PARTITION_EOF ? 1 : 0;
      rd_kafka_message_destroy(batch[i]);
    }
  }
  rd_kafka_queue_destroy(queue);
  rd_kafka_destroy_flags(client, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
  return records;
}

std::uint64_t Write(int argc, char** argv, std::string_view lines) {
  rd_kafka_t* client = NewClient(
      RD_KAFKA_PRODUCER, argc, argv,
      {"enable.idempotence=true", "acks=all", "compression.codec=lz4", "linger.ms=20", "batch.size=1000000",
       "queue.buffering.max.messages=1000000", "queue.buffering.max.kbytes=131072", "partitioner=murmur2_random"});
  rd_kafka_topic_t* topic = rd_kafka_topic_new(client, argv[3], nullptr);
  std::uint64_t records = 0;
  while (!lines.empty()) {
    const std::string_view line = lines.substr(0, lines.find('\n'));
    lines.remove_prefix(std::min(line.size() + 1, lines.size()));
    while (rd_kafka_produce(topic, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, const_cast<char*>(line.data()),
                            line.size(), line.data(), std::min(line.find(' '), line.size()), nullptr) != 0) {
      if (rd_kafka_last_error() != RD_KAFKA_RESP_ERR__QUEUE_FULL) Die(rd_kafka_err2str(rd_kafka_last_error()));
      rd_kafka_poll(client, 20);
    }
    if (++records % 1024 == 0) rd_kafka_poll(client, 0);
  }
  while (rd_kafka_outq_len(client) > 0) rd_kafka_flush(client, 100);
  rd_kafka_topic_destroy(topic);
  rd_kafka_destroy(client);
  return records;
}

// Of this process, all threads.
double ProcessorSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

std::string ReadStdin() {
  std::string text;
  std::vector<char> piece(1 << 20);
  for (std::size_t size; (size = std::fread(piece.data(), 1, piece.size(), stdin)) > 0;)
    text.append(piece.data(), size);
  return text;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view what = argc > 3 ? argv[1] : "";
  if (what != "read" && what != "write") Die("usage: kafka_bare read|write BROKERS TOPIC [NAME=VALUE ...]");
  std::string lines;
  if (what == "write") lines = ReadStdin();
  const auto begin = std::chrono::steady_clock::now();
  const double cpu_before = ProcessorSeconds();
  const std::uint64_t records = what == "read" ? Read(argc, argv) : Write(argc, argv, lines);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  std::printf("%llu records, %.3f s, CPU %.3f s, %.0f records/s\n", static_cast<unsigned long long>(records), seconds,
              ProcessorSeconds() - cpu_before, static_cast<double>(records) / seconds);
}
