// Counts by key in bounded memory: Space-Saving (Metwally, Agrawal, El Abbadi, "Efficient Computation of Frequent and
// Top-k Elements in Data Streams", 2005), made deterministic and sharded.
//
// What a table holds after a sequence of additions depends on that sequence alone: shards come from a fixed hash, ties
// are broken by the key's bytes. Only the look-up uses a random seed, against hash flooding.
#ifndef SOCKLOG_SKETCH_KEY_TABLE_H_
#define SOCKLOG_SKETCH_KEY_TABLE_H_

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "socklog/cell.h"
#include "socklog/window.h"

namespace socklog {

// At most `max_keys` keys with, on average, at most kTextBytesPerKey bytes of text. Where either would be passed in one
// of the 64 shards, the key with the smallest count there makes room; a newcomer inherits the largest count that was
// evicted from its shard, for decisions about evictions and as `count_error` only: its cell starts empty. A key with
// more requests than its shard's requests divided by the shard's keys (a quarter of them where all keys have the
// longest text) is never lost. Thread-compatible.
class KeyTable {
 public:
  static constexpr std::uint64_t kTextBytesPerKey = 64;
  static constexpr std::uint64_t kLargestMaxKeys = 16'000'000;  // so that offsets of text fit 32 bits

  // REQUIRES: 64 <= max_keys <= kLargestMaxKeys
  explicit KeyTable(std::uint64_t max_keys);

  // Adds one request's counts to the key. REQUIRES: key.size() <= 256, delta.requests > 0
  void Add(std::string_view key, const Cell& delta);

  std::size_t size() const { return live_; }
  std::uint64_t evicted() const { return evicted_; }

  // Calls visit(key, cell, count_error) for each key, in the order of admission into slots (deterministic). Views are
  // valid until the next Add.
  template <typename Visit>
  void ForEach(Visit visit) const {
    for (const Entry& entry : entries_) {
      if (entry.live) visit(TextOf(entry), entry.cell, entry.inherited);
    }
  }

  // nullptr if the key is not there. *missing: an upper bound of its requests that the table does not know.
  const Cell* Find(std::string_view key, std::uint64_t* missing) const;

  // Empties the table and keeps its memory.
  void Clear();

  // The most that one table takes, in bytes; while it grows or packs its text, up to as much again for a moment.
  static std::uint64_t MemoryBound(std::uint64_t max_keys);

 private:
  static constexpr std::size_t kShards = 64;

  struct Entry {
    Cell cell;
    std::uint64_t inherited = 0;
    std::uint64_t hash = 0;  // seeded, for the index
    std::uint32_t text = 0;  // offset in arena_
    std::uint16_t size = 0;
    std::uint8_t shard = 0;
    bool live = false;
    std::uint32_t heap_slot = 0;  // in its shard's members
  };

  // Members of a shard: in order of admission, and a binary heap (smallest first) from the first eviction on.
  struct Shard {
    std::vector<std::uint32_t> members;
    std::uint64_t text_bytes = 0;
    std::uint64_t largest_evicted = 0;  // count; no key that is not there had more requests
    bool is_heap = false;
  };

  std::string_view TextOf(const Entry& entry) const { return {arena_.data() + entry.text, entry.size}; }
  static std::uint64_t CountOf(const Entry& entry) { return entry.inherited + entry.cell.requests; }

  std::size_t Probe(std::string_view key, std::uint64_t hash) const;
  void Admit(std::string_view key, std::uint64_t hash, const Cell& delta);
  void MakeRoom(Shard* shard, std::size_t size);
  void EvictSmallest(Shard* shard);
  void IndexInsert(std::uint32_t number);
  void IndexErase(std::uint32_t number);
  void GrowIndex();
  std::uint32_t StoreText(std::string_view key);
  void CompactText();

  bool Less(std::uint32_t a, std::uint32_t b) const;
  void Place(Shard* shard, std::uint32_t slot, std::uint32_t entry);
  void SiftDown(Shard* shard, std::uint32_t slot);
  void SiftUp(Shard* shard, std::uint32_t slot);
  void MakeHeap(Shard* shard);

  const std::uint64_t shard_keys_;
  const std::uint64_t shard_text_;
  const std::uint64_t arena_limit_;  // live text and as much garbage
  std::vector<Entry> entries_;
  std::vector<std::uint32_t> free_;
  std::vector<std::uint32_t> index_;  // entry + 1, 0: empty; linear probing, at most half full
  std::vector<char> arena_;           // a vector, since a string's reserve takes more than it is asked for
  std::uint64_t live_text_ = 0;
  std::size_t live_ = 0;
  std::uint64_t evicted_ = 0;
  std::array<Shard, kShards> shards_;
};

// Adds tables that saw different requests into one report, in the order given, cut to the `max_keys` largest counts
// (ties: the smaller key). Views in *report point into the tables.
void MergeTables(const std::vector<const KeyTable*>& tables, std::uint64_t max_keys, DimensionReport* report);

// The most that MergeTables takes for so many tables, the report included, in bytes.
std::uint64_t MergeMemoryBound(std::uint64_t tables, std::uint64_t max_keys);

}  // namespace socklog

#endif  // SOCKLOG_SKETCH_KEY_TABLE_H_
