// Counts by key in bounded memory: Space-Saving (Metwally, Agrawal, El Abbadi, "Efficient Computation of Frequent and
// Top-k Elements in Data Streams", 2005), made deterministic and sharded.
//
// What a table holds after a sequence of additions depends on that sequence alone: shards come from a fixed hash, ties
// are broken by the key's bytes. Only the look-up uses a random seed, against hash flooding.
#ifndef SOCKLOG_SKETCH_SPACE_SAVING_H_
#define SOCKLOG_SKETCH_SPACE_SAVING_H_

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/prefetch.h"
#include "sketch/shard.h"
#include "socklog/cell.h"
#include "socklog/request.h"

namespace socklog {

// At most `max_keys` keys with, on average, at most kTextBytesPerKey bytes of text. Where either would be passed in one
// of the 64 shards, the key with the smallest count there makes room; a newcomer inherits the largest count that was
// evicted from its shard, for decisions about evictions and as `count_error` only: its cell starts empty. A key with
// more requests than its shard's requests divided by the shard's keys (a quarter of them where all keys have the
// longest text) is never lost. Thread-compatible.
class SpaceSaving {
 public:
  // REQUIRES: 64 <= max_keys <= kLargestMaxKeys
  explicit SpaceSaving(std::uint64_t max_keys);

  // Adds requests to the key. REQUIRES: key.size <= kLargestKey, delta.requests > 0
  void Add(const Key& key, const Cell& delta);
  // A look-up waits for memory several times, each time for what the last tells. Called for some keys that will be
  // added soon, one function after the other, these let the waits overlap.
  void PrefetchIndex(const Key& key) const { PrefetchLine(&index_[HomeOf(key.hash)]); }
  // Of the key, or of the one that will probably make room for it.
  void PrefetchEntry(const Key& key) const;
  void PrefetchVictimIndex(const Key& key) const;

  std::size_t size() const { return live_; }
  std::uint64_t evicted() const { return evicted_; }

  // Calls visit(key, cell, count_error) for each key, in the order of admission into slots (deterministic). Views are
  // valid until the next Add.
  template <typename Visit>
  void ForEach(Visit visit) const {
    for (const Entry& entry : entries_) {
      if (entry.live) visit(KeyOf(entry), entry.cell, entry.inherited);
    }
  }

  // An upper bound of the requests that any key which is in that shard, and not in the table, had.
  std::uint64_t LargestEvicted(std::uint8_t shard) const { return shards_[shard].largest_evicted; }

  // Empties the table and keeps its memory.
  void Clear();

  // The most that one table takes, in bytes; while it grows or packs its text, up to as much again for a moment.
  static std::uint64_t MemoryBound(std::uint64_t max_keys);

 private:
  struct Entry {
    Cell cell;
    std::uint64_t inherited = 0;
    std::uint64_t hash = 0;  // seeded, for the index
    std::uint32_t text = 0;  // offset in arena_
    std::uint16_t size = 0;
    std::uint8_t shard = 0;
    bool live = false;
  };

  // What decides about evictions, apart from the entry: a look at a few nodes side by side instead of at entries and
  // texts all over memory.
  struct Node {
    std::uint64_t count = 0;  // CountOf the entry
    std::uint64_t part = 0;   // PartOf its text: decides between equal counts, unless it is equal too
    std::uint32_t entry = 0;
  };

  // Members of a shard: in order of admission, and a heap (smallest first) from the first eviction on. Until
  // then only `entry` is set in the nodes.
  struct Shard {
    std::vector<Node> members;
    std::uint64_t text_bytes = 0;
    std::uint64_t largest_evicted = 0;  // count; no key that is not there had more requests
    bool is_heap = false;
    std::size_t shared = 0;  // so many first bytes are the same in all members:
    std::array<char, kLargestKey> shared_text{};
  };

  std::string_view TextOf(const Entry& entry) const { return {arena_.data() + entry.text, entry.size}; }
  Key KeyOf(const Entry& entry) const { return {arena_.data() + entry.text, entry.size, entry.hash}; }
  static std::uint64_t CountOf(const Entry& entry) { return entry.inherited + entry.cell.requests; }

  std::size_t HomeOf(std::uint64_t hash) const { return hash & (index_.size() - 1); }
  const Entry* VictimOf(const Key& key) const;
  std::size_t Probe(const Key& key) const;
  void Admit(const Key& key, const Cell& delta);
  void MakeRoom(Shard* shard, std::size_t size);
  void EvictSmallest(Shard* shard);
  void IndexInsert(std::uint32_t number);
  void IndexErase(std::uint32_t number);
  void GrowIndex();
  std::uint32_t StoreText(std::string_view key);
  void CompactText();

  static std::uint64_t PartOf(std::string_view text, std::size_t shared);
  bool Less(const Node& a, const Node& b) const;
  void Place(Shard* shard, std::size_t slot, const Node& node);
  void SiftDown(Shard* shard, std::size_t slot);
  void SiftUp(Shard* shard, std::size_t slot);
  void MakeHeap(Shard* shard);
  void PushHeap(Shard* shard);
  void PopHeap(Shard* shard);
  static std::size_t SharedWith(const Shard& shard, std::string_view text);

  const ShardLimits limits_;
  const std::uint64_t arena_limit_;  // live text and half as much garbage
  std::vector<Entry> entries_;
  std::vector<std::uint32_t> heap_slots_;  // by entry: its place in its shard's heap
  std::vector<std::uint32_t> free_;
  std::vector<std::uint32_t> index_;  // entry + 1, 0: empty; linear probing, at most half full
  std::vector<char> arena_;           // a vector, since a string's reserve takes more than it is asked for
  std::uint64_t live_text_ = 0;
  std::size_t live_ = 0;
  std::uint64_t evicted_ = 0;
  std::array<Shard, kShards> shards_;
};

}  // namespace socklog

#endif  // SOCKLOG_SKETCH_SPACE_SAVING_H_
