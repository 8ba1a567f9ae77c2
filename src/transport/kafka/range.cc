#include "transport/kafka/range.h"

#include <utility>

#include "base/log.h"

namespace socklog {
namespace {

// What the protocol calls the earliest and the latest time. rd_kafka_query_watermark_offsets asks the same, but before
// 2.3 waits without end for a broker that is away.
rd_kafka_resp_err_t AskFor(std::int64_t end, rd_kafka_t* handle, int milliseconds,
                           rd_kafka_topic_partition_list_t* list) {
  for (int i = 0; i < list->cnt; ++i) list->elems[i].offset = end;
  rd_kafka_resp_err_t error = rd_kafka_offsets_for_times(handle, list, milliseconds);
  for (int i = 0; i < list->cnt && error == RD_KAFKA_RESP_ERR_NO_ERROR; ++i) {
    error = list->elems[i].err;
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR && list->elems[i].offset < 0) error = RD_KAFKA_RESP_ERR__NO_OFFSET;
  }
  return error;
}

}  // namespace

rd_kafka_resp_err_t AskKafkaRanges(rd_kafka_t* handle, const std::string& topic, int first, int milliseconds,
                                   std::vector<KafkaRange>* ranges) {
  const int count = static_cast<int>(ranges->size());
  const KafkaOffsets list(rd_kafka_topic_partition_list_new(count));
  for (int i = 0; i < count; ++i) rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), first + i);
  for (const auto& [end, offset] :
       {std::pair(RD_KAFKA_OFFSET_BEGINNING, &KafkaRange::low), std::pair(RD_KAFKA_OFFSET_END, &KafkaRange::high)}) {
    if (const rd_kafka_resp_err_t error = AskFor(end, handle, milliseconds, list.get());
        error != RD_KAFKA_RESP_ERR_NO_ERROR)
      return error;
    for (int i = 0; i < count; ++i) (*ranges)[static_cast<std::size_t>(i)].*offset = list->elems[i].offset;
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
