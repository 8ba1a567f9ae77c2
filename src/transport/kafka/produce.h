// Handing records to the library: what the sinks of Kafka have in common.
#ifndef SOCKLOG_TRANSPORT_KAFKA_PRODUCE_H_
#define SOCKLOG_TRANSPORT_KAFKA_PRODUCE_H_

#include <string_view>

#include "socklog/sink.h"
#include "transport/kafka/settings.h"

namespace socklog {

// What every producer of socklog's is set to: all in-sync replicas confirm, retries double nothing.
KafkaSettings ProducerSettings();

// Cuts the first line, with its newline if it has one, from the lines. REQUIRES: they are not empty
std::string_view TakeLine(std::string_view* lines);

// One record, its newline left out; copied, so that nothing needs to live on. A line without data (not the empty one)
// is a null value: a tombstone. `partition`: RD_KAFKA_PARTITION_UA: by the key. __QUEUE_FULL: poll, then again.
rd_kafka_resp_err_t ProduceRecord(rd_kafka_t* handle, rd_kafka_topic_t* topic, int partition,
                                  const OutputRecord& record);

}  // namespace socklog

#endif  // SOCKLOG_TRANSPORT_KAFKA_PRODUCE_H_
