// Which offsets partitions have.
#ifndef SOCKLOG_TRANSPORT_KAFKA_RANGE_H_
#define SOCKLOG_TRANSPORT_KAFKA_RANGE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "transport/kafka/handles.h"

namespace socklog {

// Offsets that a partition has: of its first record, and behind its last that is committed.
struct KafkaRange {
  std::int64_t low = 0;
  std::int64_t high = 0;
};

// Asks the brokers for those of partitions `first` and on, as many as there are `ranges`, for so many milliseconds for
// each end. After an error *ranges says nothing.
rd_kafka_resp_err_t AskKafkaRanges(rd_kafka_t* handle, const std::string& topic, int first, int milliseconds,
                                   std::vector<KafkaRange>* ranges);
// The same of the later ends alone.
rd_kafka_resp_err_t AskKafkaEnds(rd_kafka_t* handle, const std::string& topic, int first, int milliseconds,
                                 std::vector<std::int64_t>* ends);

// Where reading goes on in a partition that ends before `offset`, which was to be read next; warns. A new topic begins
// at 0 and is read from there; one that begins later has lost its last records, with a broker.
std::int64_t BeginInShortened(const std::string& partition, const KafkaRange& range, std::int64_t offset);

}  // namespace socklog

#endif  // SOCKLOG_TRANSPORT_KAFKA_RANGE_H_
