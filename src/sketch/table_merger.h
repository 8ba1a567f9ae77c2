// Joins the tables of one window.
#ifndef SOCKLOG_SKETCH_TABLE_MERGER_H_
#define SOCKLOG_SKETCH_TABLE_MERGER_H_

#include <cstdint>
#include <vector>

#include "sketch/key_table.h"
#include "socklog/window.h"

namespace socklog {

// Which keys of a window are reported.
struct ReportedKeys {
  std::uint64_t max_keys = 0;  // those with the most requests (ties: the smaller key); the others count as evicted
  std::uint64_t least_requests = 0;  // of these, those with so many; but one if there are any
};

// Keeps its memory from window to window. Thread-compatible.
class TableMerger {
 public:
  // Adds tables that saw different requests, all of one dictionary, into one report, in the order given. Views in
  // *report are valid until something is added to a table of the dictionary, or one of these is cleared.
  void Merge(const std::vector<const KeyTable*>& tables, const ReportedKeys& reported, DimensionReport* report);

  // The most that Merge takes for so many tables, the report included, in bytes.
  static std::uint64_t MemoryBound(std::uint64_t tables, std::uint64_t max_keys);

 private:
  static void Copy(const KeyTable& table, std::uint64_t least_requests, DimensionReport* report);
  static bool MergeFew(const std::vector<const KeyTable*>& tables, const ReportedKeys& reported,
                       DimensionReport* report);
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
