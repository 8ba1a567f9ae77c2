// A saved state as records of a compacted topic, which may be the topic of several groups.
#ifndef SOCKLOG_TRANSPORT_KAFKA_STATE_RECORDS_H_
#define SOCKLOG_TRANSPORT_KAFKA_STATE_RECORDS_H_

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "socklog/status.h"

namespace socklog {

// Brokers take records of 1 MB as they come.
inline constexpr std::size_t kLargestStatePart = 900'000;

struct StateRecord {
  std::string key;
  std::optional<std::string> value;  // nullopt: a tombstone
};

// Pieces, then the manifest, which tells their number, size and check sum: to be written in this order, in one
// transaction. `earlier`: the keys of the group that are in the topic; what is not replaced is removed.
std::vector<StateRecord> CutState(const std::string& group, std::string_view state,
                                  const std::set<std::string>& earlier);

// Collects the records of a topic, in their order. Thread-compatible.
class StateJoiner {
 public:
  explicit StateJoiner(const std::string& group);

  // nullopt: a tombstone. Those of other groups are passed over.
  void Add(std::string_view key, std::optional<std::string_view> value);
  // nullopt: there is none. Error (kDataLoss): pieces are missing or damaged, or it has another version.
  Result<std::optional<std::string>> Join() const;
  // Of the group's records that are there, whether or not they are a state.
  std::set<std::string> Keys() const;

 private:
  std::string prefix_;
  std::map<std::string, std::string, std::less<>> records_;  // by what follows the prefix
};

}  // namespace socklog

#endif  // SOCKLOG_TRANSPORT_KAFKA_STATE_RECORDS_H_
