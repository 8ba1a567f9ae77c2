// Which members of a JSON object are wanted, and what was found of them in one line.
#ifndef SOCKLOG_FORMAT_JSON_PATHS_H_
#define SOCKLOG_FORMAT_JSON_PATHS_H_

#include <cstddef>
#include <deque>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace socklog {

struct JsonValue {
  static constexpr int kAbsent = std::numeric_limits<int>::max();

  std::string_view
      raw;  // part of the line: a string without its quotes, with its escapes; a number, true or false as it stands
  int rank = kAbsent;  // of the path that it was found at
  bool is_string = false;

  bool present() const { return rank != kAbsent; }  // false also for null and for objects
};

struct JsonNode;

// A member name that leads somewhere from a node.
struct JsonEdge {
  std::string key;
  JsonNode* child = nullptr;                        // an object in which something is wanted
  std::vector<std::pair<std::size_t, int>> leaves;  // slot and rank of the path
};

// An object in which something is wanted.
struct JsonNode {
  std::vector<JsonEdge> edges;
};

// A tree of the wanted paths. Immutable; edges stay where they are.
class JsonPaths {
 public:
  // One slot for each value that is wanted: dotted paths, the best first. "a.b" is the member b of the object a, or a
  // member called "a.b".
  explicit JsonPaths(const std::vector<std::vector<std::string>>& slots);
  JsonPaths(const JsonPaths&) = delete;
  JsonPaths& operator=(const JsonPaths&) = delete;

  const JsonNode& root() const { return nodes_.front(); }
  const std::deque<JsonNode>& nodes() const { return nodes_; }
  std::size_t slots() const { return slots_; }

 private:
  void Add(std::string_view path, std::size_t slot, int rank);

  std::deque<JsonNode> nodes_;
  std::size_t slots_;
};

// Puts a value that was found at `edge` into its slots, where no better one is: of equal paths the first counts.
inline void KeepJsonValue(const JsonEdge& edge, std::string_view raw, bool is_string, std::vector<JsonValue>* values) {
  for (const auto& [slot, rank] : edge.leaves) {
    JsonValue& value = (*values)[slot];
    if (rank >= value.rank) continue;
    value = {raw, rank, is_string};
  }
}

}  // namespace socklog

#endif  // SOCKLOG_FORMAT_JSON_PATHS_H_
