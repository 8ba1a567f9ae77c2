// Space-Saving as the paper has it, a map a shard and a search for the smallest: what KeyTable must be equal to.
#ifndef SOCKLOG_TESTS_UNIT_SKETCH_NAIVE_KEY_TABLE_H_
#define SOCKLOG_TESTS_UNIT_SKETCH_NAIVE_KEY_TABLE_H_

#include <array>
#include <cstdint>
#include <map>
#include <string>

#include "base/hash.h"
#include "sketch/key_table.h"

namespace socklog::testing {

struct NaiveEntry {
  Cell cell;
  std::uint64_t count_error = 0;

  friend bool operator==(const NaiveEntry&, const NaiveEntry&) = default;
};
using NaiveEntries = std::map<std::string, NaiveEntry>;

class NaiveKeyTable {
 public:
  explicit NaiveKeyTable(std::uint64_t max_keys);
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

NaiveEntries All(const KeyTable& table);
Cell Requests(std::uint64_t requests, std::uint64_t errors = 0);

}  // namespace socklog::testing

#endif  // SOCKLOG_TESTS_UNIT_SKETCH_NAIVE_KEY_TABLE_H_
