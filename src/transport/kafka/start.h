// Where reading of a topic's partitions begins, and where it ends.
#ifndef SOCKLOG_TRANSPORT_KAFKA_START_H_
#define SOCKLOG_TRANSPORT_KAFKA_START_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "transport/kafka/client.h"
#include "transport/kafka/position.h"
#include "transport/kafka/range.h"
#include "transport/transport.h"

namespace socklog {

struct KafkaReading {
  Endpoint endpoint;
  ConnectionOptions connection;
  bool until_end = false;
  std::vector<ResumePoint> resume;
  bool misses_state = false;  // see SourceOptions
};

struct KafkaStart {
  KafkaPlace place;
  std::optional<std::int64_t> stop;         // --until end: the partition's end now
  std::optional<std::size_t> resume_index;  // into KafkaReading::resume, of the point that reading goes on at
  std::uint64_t lost = 0;                   // records between where reading was to begin and where it does
};

struct KafkaStarts {
  std::vector<KafkaStart> by_partition;
  std::string from;  // in words: where that is, and why
};

// Asks the broker for the partitions' ranges, and for stored offsets where they are meant. Errors: as
// KafkaClient::WaitForTopic, and a group that is missing or must not be used.
Result<KafkaStarts> FindKafkaStarts(const KafkaReading& reading, int partitions, KafkaClient* client,
                                    const Clock& clock);

// Whether reading begins where the group stored that it was.
bool UsesGroup(const KafkaOptions& options);

// Where in `range` an --offset other than stored and s@MS begins; nullopt: it is one of these two, or none.
std::optional<std::int64_t> ResolveOffset(const std::string& text, const KafkaRange& range);

}  // namespace socklog

#endif  // SOCKLOG_TRANSPORT_KAFKA_START_H_
