// Counts by key, in bounded memory, of one dimension in one pane.
#ifndef SOCKLOG_SKETCH_KEY_TABLE_H_
#define SOCKLOG_SKETCH_KEY_TABLE_H_

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "sketch/dense_cells.h"
#include "sketch/key_dictionary.h"
#include "sketch/shard.h"
#include "sketch/space_saving.h"
#include "socklog/cell.h"
#include "socklog/request.h"

namespace socklog {

// Ids of the keys of some requests, by KeyedIndex, as KeyDictionary::Look has them: whoever uses one compares the key.
struct LookedUpIds {
  static constexpr std::size_t kMost = 32;  // requests: what they need stays in the first-level cache until it is used
  std::array<std::array<std::uint32_t, kMost>, kKeyedDimensionCount> ids{};
};

// Empty SpaceSavings that keep their memory for the next table that needs one: together with those in use they are
// never more than were in use at once. Thread-compatible.
class SpareSpaceSavings {
 public:
  std::unique_ptr<SpaceSaving> Take(std::uint64_t max_keys);
  void Give(std::unique_ptr<SpaceSaving> space_saving);

 private:
  std::vector<std::unique_ptr<SpaceSaving>> spare_;
};

// Says at any time what a SpaceSaving that was given the same requests would say, in less time: while nothing had to be
// evicted, counts are exact and kept by the dictionary's ids. From the line on that would evict, or for which the
// dictionary has no room, the table is a SpaceSaving. Thread-compatible, together with all tables of its dictionary.
class KeyTable {
 public:
  // `dictionary`, `spare`: borrowed; for the same `max_keys`. `spare` may be nullptr. `outcomes`: the OutcomeBits that
  // are counted; the counters of the others stay 0. `most_requests`: a table of so many is no exact one any more; less
  // for tests. REQUIRES: 64 <= max_keys <= kLargestMaxKeys
  KeyTable(std::uint64_t max_keys, KeyDictionary* dictionary, std::uint8_t outcomes = kAllOutcomes,
           SpareSpaceSavings* spare = nullptr, std::uint64_t most_requests = DenseCells::kMostRequests);
  ~KeyTable() { Forget(); }  // gives its column back as it was
  KeyTable(const KeyTable&) = delete;
  KeyTable& operator=(const KeyTable&) = delete;

  // Counts the requests that are not ignored and have a key in that dimension.
  void Add(std::span<const Request> requests, Dimension dimension);
  // The same. `ids`: one for each request, looked up in the dictionary before, if need be long before.
  void Add(std::span<const Request> requests, Dimension dimension, const std::uint32_t* ids);
  // Fetches what Add will write to.
  void Prefetch(std::span<const Request> requests, const std::uint32_t* ids) const {
    if (is_beside_keys() && !DenseCells::NeedsOthers(outcomes_)) return;
    for (std::size_t i = 0; i < requests.size(); ++i) cells_.Prefetch(ids[i], requests[i].outcome & outcomes_);
  }

  std::size_t size() const { return space_saving_ ? space_saving_->size() : ids_.size(); }
  std::uint64_t evicted() const { return space_saving_ ? space_saving_->evicted() : 0; }

  // Whether its counts are kept beside the keys, where they are sooner found (KeyDictionary::TakeColumn).
  bool is_beside_keys() const { return cells_.is_beside_keys(); }
  // Whether counts are exact and kept by id.
  bool is_exact() const { return space_saving_ == nullptr; }
  // Of an exact table: the ids of its keys at places 0 .. size()-1, in order of admission.
  std::uint32_t id(std::size_t place) const { return ids_[place]; }
  // Of an exact table: whether it counts a key, and its cell, all zeros if not. REQUIRES: the dictionary has that id
  bool has(std::uint32_t id) const { return cells_.has(id); }
  Cell cell(std::uint32_t id) const { return cells_.cell(id); }
  const KeyDictionary& dictionary() const { return dictionary_; }

  // Calls visit(Key, Cell, count_error) for each key, in the order of admission into slots (deterministic). Views are
  // valid until something is added to a table of the dictionary.
  template <typename Visit>
  void ForEach(Visit visit) const {
    if (space_saving_) return space_saving_->ForEach(visit);
    ForEachId([this, &visit](std::uint32_t id) { visit(dictionary_.key(id), cells_.cell(id), std::uint64_t{0}); });
  }
  // Of an exact table: calls visit(id) in the order of admission.
  template <typename Visit>
  void ForEachId(Visit visit) const {
    constexpr std::size_t kAhead = 16;
    for (std::size_t i = 0; i < ids_.size(); ++i) {
      if (i + kAhead < ids_.size()) {
        dictionary_.PrefetchKey(ids_[i + kAhead]);
        cells_.Prefetch(ids_[i + kAhead]);
      }
      if (i + kAhead / 2 < ids_.size()) cells_.PrefetchOthers(ids_[i + kAhead / 2]);
      visit(ids_[i]);
    }
  }

  // An upper bound of the requests that any key which is in that shard (ShardOf), and not in the table, had.
  std::uint64_t LargestEvicted(std::uint8_t shard) const {
    return space_saving_ ? space_saving_->LargestEvicted(shard) : 0;
  }

  // Empties the table; keeps memory, but for what only a full table needs, which is given to the spare ones.
  void Clear();

  // The most that one table takes, in bytes, without the dictionary; while it grows, up to as much again for a moment.
  static std::uint64_t MemoryBound(std::uint64_t max_keys);
  // Of that, what an empty one keeps, without spare ones.
  static std::uint64_t EmptyMemoryBound(std::uint64_t max_keys);

 private:
  friend void ForgetUnused(KeyDictionary* dictionary, const std::vector<KeyTable*>& tables);

  struct ShardUse {
    std::uint32_t keys = 0;
    std::uint32_t text = 0;  // bytes
  };

  void AddExactly(std::span<const Request> requests, std::size_t dimension, const std::uint32_t* ids);
  void AddWithRoom(std::span<const Request> requests, std::size_t dimension, const std::uint32_t* ids);
  void AddWithCare(std::span<const Request> requests, std::size_t dimension, const std::uint32_t* ids);
  void AddApproximately(std::span<const Request> requests, std::size_t dimension);
  bool HasRoom(std::size_t keys);
  void BookAdmitted(std::size_t first);
  bool Admit(std::uint32_t id, std::uint32_t size);
  void ReserveIds(std::size_t count);
  void BecomeSpaceSaving();
  void Forget();

  const std::uint64_t max_keys_;
  const ShardLimits limits_;
  const std::uint64_t most_requests_;
  const std::uint8_t outcomes_;
  KeyDictionary& dictionary_;
  SpareSpaceSavings* const spare_;

  DenseCells cells_;                // by id
  std::vector<std::uint32_t> ids_;  // of keys that have a cell, in order of admission
  std::size_t room_ = 0;            // a lower bound of how many keys can be admitted, whichever they are
  std::array<ShardUse, kShards> shards_{};
  std::uint64_t requests_ = 0;  // an upper bound of every counter
  std::unique_ptr<SpaceSaving> space_saving_;
};

// Frees the dictionary of keys that no table counts, where those take more than half of its room. `tables`: all that
// use it. Takes time in proportion to the dictionary, but for one that is less than half full.
void ForgetUnused(KeyDictionary* dictionary, const std::vector<KeyTable*>& tables);

}  // namespace socklog

#endif  // SOCKLOG_SKETCH_KEY_TABLE_H_
