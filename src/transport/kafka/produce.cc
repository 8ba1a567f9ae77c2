#include "transport/kafka/produce.h"

#include <algorithm>
#include <array>
#include <string>

namespace socklog {
namespace {

constexpr std::size_t kMostHeaders = 8;

}  // namespace

KafkaSettings ProducerSettings() {
  return {
      {"enable.idempotence", "true"},
      {"acks", "all"},
      {"allow.auto.create.topics", "false"},
      {"compression.codec", "lz4"},
      {"linger.ms", "20"},
      {"batch.size", "1000000"},
      // More than any line has; what the topic takes is for the broker to say.
      {"message.max.bytes", "4194304"},
      {"queue.buffering.max.messages", "1000000"},
      {"queue.buffering.max.kbytes", "131072"},
      // As other languages' clients have it, so that a key is in the same partition whoever writes it.
      {"partitioner", "murmur2_random"},
      {"socket.timeout.ms", "10000"},
      {"reconnect.backoff.max.ms", "2000"},
  };
}

std::string_view TakeLine(std::string_view* lines) {
  const std::string_view line = lines->substr(0, std::min(lines->find('\n'), lines->size() - 1) + 1);
  lines->remove_prefix(line.size());
  return line;
}

rd_kafka_resp_err_t ProduceRecord(rd_kafka_t* handle, rd_kafka_topic_t* topic, int partition,
                                  const OutputRecord& record) {
  const std::string_view value = record.line.substr(0, record.line.size() - (record.line.ends_with('\n') ? 1 : 0));
  // The library's functions take what they only read without const.
  void* const bytes = const_cast<char*>(value.data());
  if (record.headers.empty() && record.time == kNoTime) {
    const int result = rd_kafka_produce(topic, partition, RD_KAFKA_MSG_F_COPY, bytes, value.size(),
                                        record.key.empty() ? nullptr : record.key.data(), record.key.size(), nullptr);
    return result == 0 ? RD_KAFKA_RESP_ERR_NO_ERROR : rd_kafka_last_error();
  }
  if (record.headers.size() > kMostHeaders) return RD_KAFKA_RESP_ERR__INVALID_ARG;
  std::array<rd_kafka_vu_t, 6 + kMostHeaders> arguments;
  std::size_t count = 0;
  const auto add = [&](rd_kafka_vtype_t type) -> rd_kafka_vu_t& {
    arguments[count].vtype = type;
    return arguments[count++];
  };
  add(RD_KAFKA_VTYPE_RKT).u.rkt = topic;
  add(RD_KAFKA_VTYPE_PARTITION).u.i32 = partition;
  add(RD_KAFKA_VTYPE_MSGFLAGS).u.i = RD_KAFKA_MSG_F_COPY;
  add(RD_KAFKA_VTYPE_VALUE).u.mem = {bytes, value.size()};
  if (!record.key.empty()) add(RD_KAFKA_VTYPE_KEY).u.mem = {const_cast<char*>(record.key.data()), record.key.size()};
  if (record.time != kNoTime) add(RD_KAFKA_VTYPE_TIMESTAMP).u.i64 = record.time / kMillisecond;
  std::array<std::string, kMostHeaders> names;  // with the NUL that the library wants
  for (std::size_t i = 0; i < record.headers.size(); ++i) {
    names[i] = record.headers[i].first;
    const std::string_view text = record.headers[i].second;
    rd_kafka_vu_t& header = add(RD_KAFKA_VTYPE_HEADER);
    header.u.header.name = names[i].c_str();
    header.u.header.val = text.data();
    header.u.header.size = static_cast<ssize_t>(text.size());
  }
  const KafkaError error(rd_kafka_produceva(handle, arguments.data(), count));
  return error == nullptr ? RD_KAFKA_RESP_ERR_NO_ERROR : rd_kafka_error_code(error.get());
}

}  // namespace socklog
