// Joins the tables of one window.
#ifndef SOCKLOG_SKETCH_TABLE_MERGER_H_
#define SOCKLOG_SKETCH_TABLE_MERGER_H_

#include <cstdint>
#include <vector>

#include "sketch/key_table.h"
#include "socklog/window.h"

namespace socklog {

// Keeps its memory from window to window. Thread-compatible.
class TableMerger {
 public:
  // Adds tables that saw different requests, all of one dictionary, into one report, in the order given, cut to the
  // `max_keys` largest counts (ties: the smaller key). Views in *report are valid until something is added to a table
  // of the dictionary, or one of these is cleared.
  void Merge(const std::vector<const KeyTable*>& tables, std::uint64_t max_keys, DimensionReport* report);

  // The most that Merge takes for so many tables, the report included, in bytes.
  static std::uint64_t MemoryBound(std::uint64_t tables, std::uint64_t max_keys);

 private:
  static void Copy(const KeyTable& table, DimensionReport* report);
  void MergeExact(const std::vector<const KeyTable*>& tables, DimensionReport* report);
  void MergeAny(const std::vector<const KeyTable*>& tables, DimensionReport* report);
  KeyedCell& PlaceOf(const Key& key, DimensionReport* report);
  void GrowIndex(std::size_t slots);

  // By id: place in the report + 1. All 0 between calls.
  std::vector<std::uint32_t> place_of_id_;
  // Of keys by their text: open addressing, linear probing, at most half full. Place in the report + 1, 0: empty.
  std::vector<std::uint32_t> index_;
  std::vector<std::uint64_t> hashes_;  // by place in the report
};

}  // namespace socklog

#endif  // SOCKLOG_SKETCH_TABLE_MERGER_H_
