#include "transport/kafka/range.h"

#include <utility>

#include "base/log.h"

namespace socklog {
namespace {

// `which`: what the protocol calls the earliest or the latest time. rd_kafka_query_watermark_offsets asks the same, but
// before 2.3 waits without end for a broker that is away.
rd_kafka_resp_err_t AskFor(std::int64_t which, rd_kafka_t* handle, const std::string& topic, int first,
                           int milliseconds, std::vector<std::int64_t>* offsets) {
  const int count = static_cast<int>(offsets->size());
  const KafkaOffsets list(rd_kafka_topic_partition_list_new(count));
  for (int i = 0; i < count; ++i)
    rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), first + i)->offset = which;
  rd_kafka_resp_err_t error = rd_kafka_offsets_for_times(handle, list.get(), milliseconds);
  for (int i = 0; i < count && error == RD_KAFKA_RESP_ERR_NO_ERROR; ++i) {
    const rd_kafka_topic_partition_t& answer = list->elems[i];
    error = answer.err;
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR && answer.offset < 0) error = RD_KAFKA_RESP_ERR__NO_OFFSET;
    (*offsets)[static_cast<std::size_t>(answer.partition - first)] = answer.offset;
  }
  return error;
}

}  // namespace

rd_kafka_resp_err_t AskKafkaEnds(rd_kafka_t* handle, const std::string& topic, int first, int milliseconds,
                                 std::vector<std::int64_t>* ends) {
  return AskFor(RD_KAFKA_OFFSET_END, handle, topic, first, milliseconds, ends);
}

rd_kafka_resp_err_t AskKafkaRanges(rd_kafka_t* handle, const std::string& topic, int first, int milliseconds,
                                   std::vector<KafkaRange>* ranges) {
  std::vector<std::int64_t> offsets(ranges->size());
  for (const auto& [which, member] :
       {std::pair(RD_KAFKA_OFFSET_BEGINNING, &KafkaRange::low), std::pair(RD_KAFKA_OFFSET_END, &KafkaRange::high)}) {
    if (const rd_kafka_resp_err_t error = AskFor(which, handle, topic, first, milliseconds, &offsets);
        error != RD_KAFKA_RESP_ERR_NO_ERROR)
      return error;
    for (std::size_t i = 0; i < ranges->size(); ++i) (*ranges)[i].*member = offsets[i];
  }
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

std::int64_t BeginInShortened(const std::string& partition, const KafkaRange& range, std::int64_t offset) {
  const bool is_cut = range.low > 0;
  LogWarning(partition + ": ends before where it was last read (" + std::to_string(range.high) + ", read to " +
             std::to_string(offset) + "): " +
             (is_cut ? "its last records were lost; going on at its end"
                     : "it was made anew, or its last records were lost; reading it from its beginning"));
  return is_cut ? range.high : range.low;
}

}  // namespace socklog
