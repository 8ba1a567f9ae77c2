// Owners of what librdkafka makes. Only sources of transport/kafka include this.
#ifndef SOCKLOG_TRANSPORT_KAFKA_HANDLES_H_
#define SOCKLOG_TRANSPORT_KAFKA_HANDLES_H_

#include <librdkafka/rdkafka.h>

#include <memory>

namespace socklog {

template <auto destroy>
struct KafkaDestroy {
  template <typename T>
  void operator()(T* object) const {
    destroy(object);
  }
};

using KafkaConf = std::unique_ptr<rd_kafka_conf_t, KafkaDestroy<rd_kafka_conf_destroy>>;
using KafkaTopic = std::unique_ptr<rd_kafka_topic_t, KafkaDestroy<rd_kafka_topic_destroy>>;
using KafkaQueue = std::unique_ptr<rd_kafka_queue_t, KafkaDestroy<rd_kafka_queue_destroy>>;
using KafkaMessage = std::unique_ptr<rd_kafka_message_t, KafkaDestroy<rd_kafka_message_destroy>>;
using KafkaOffsets =
    std::unique_ptr<rd_kafka_topic_partition_list_t, KafkaDestroy<rd_kafka_topic_partition_list_destroy>>;
using KafkaMetadata = std::unique_ptr<const rd_kafka_metadata_t, KafkaDestroy<rd_kafka_metadata_destroy>>;
using KafkaAdminOptions = std::unique_ptr<rd_kafka_AdminOptions_t, KafkaDestroy<rd_kafka_AdminOptions_destroy>>;
using KafkaEvent = std::unique_ptr<rd_kafka_event_t, KafkaDestroy<rd_kafka_event_destroy>>;
using KafkaGroupMetadata =
    std::unique_ptr<rd_kafka_consumer_group_metadata_t, KafkaDestroy<rd_kafka_consumer_group_metadata_destroy>>;
using KafkaError = std::unique_ptr<rd_kafka_error_t, KafkaDestroy<rd_kafka_error_destroy>>;

}  // namespace socklog

#endif  // SOCKLOG_TRANSPORT_KAFKA_HANDLES_H_
