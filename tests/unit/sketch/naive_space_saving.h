// Space-Saving as the paper has it, a map a shard and a search for the smallest: what SpaceSaving and KeyTable must be
// equal to.
#ifndef SOCKLOG_TESTS_UNIT_SKETCH_NAIVE_SPACE_SAVING_H_
#define SOCKLOG_TESTS_UNIT_SKETCH_NAIVE_SPACE_SAVING_H_

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/hash.h"
#include "sketch/key_table.h"
#include "socklog/request.h"

namespace socklog::testing {

struct NaiveEntry {
  Cell cell;
  std::uint64_t count_error = 0;

  friend bool operator==(const NaiveEntry&, const NaiveEntry&) = default;
};
using NaiveEntries = std::map<std::string, NaiveEntry>;

class NaiveSpaceSaving {
 public:
  explicit NaiveSpaceSaving(std::uint64_t max_keys);
  void Add(const std::string& key, const Cell& delta);
  NaiveEntries All() const;
  std::uint64_t evicted() const { return evicted_; }

 private:
  struct Shard {
    NaiveEntries entries;
    std::uint64_t largest_evicted = 0;
    std::uint64_t text = 0;
  };

  std::uint64_t keys_;
  std::uint64_t text_;
  std::array<Shard, 64> shards_;
  std::uint64_t evicted_ = 0;
};

template <typename Table>
NaiveEntries All(const Table& table) {
  NaiveEntries all;
  table.ForEach([&](const Key& key, const Cell& cell, std::uint64_t error) {
    all[std::string(key.text())] = {cell, error};
  });
  return all;
}

Cell Requests(std::uint64_t requests, std::uint64_t errors = 0);

// Of a copy of `text` (support/padded.h).
Key KeyOf(std::string_view text);
// One request with that URL.
Request RequestOf(std::string_view url, std::uint8_t outcome = 0);
// Adds one request with that URL.
void AddUrl(std::string_view url, KeyTable* table, std::uint8_t outcome = 0);

}  // namespace socklog::testing

#endif  // SOCKLOG_TESTS_UNIT_SKETCH_NAIVE_SPACE_SAVING_H_
