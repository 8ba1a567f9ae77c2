// Numbers for keys: the text of a key is stored, and compared, once for all tables of one dimension.
#ifndef SOCKLOG_SKETCH_KEY_DICTIONARY_H_
#define SOCKLOG_SKETCH_KEY_DICTIONARY_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sketch/shard.h"
#include "socklog/request.h"

namespace socklog {

// Keys get the numbers ("ids") 0, 1, 2, ... as they come. It has no meaning of its own: what a table says depends
// neither on the ids nor on what else is in here. Thread-compatible.
class KeyDictionary {
 public:
  static constexpr std::uint32_t kNone = 0xffffffff;

  // Room for at least `max_keys` ids, at most twice as many, with kTextBytesPerKey bytes of text each on average.
  // Starts small. REQUIRES: 64 <= max_keys <= kLargestMaxKeys
  explicit KeyDictionary(std::uint64_t max_keys);

  struct Found {
    std::uint32_t id = kNone;
    std::uint8_t shard = 0;  // ShardOf the key
  };
  // The key's id, a new one if it has none yet; kNone where there is no room for a new one.
  Found Intern(const Key& key);

  // A look-up touches three places in memory, each known from the one before. Called for many keys at a time, these let
  // the waits overlap.
  void PrefetchSlot(std::uint64_t hash) const { __builtin_prefetch(&slots_[hash & mask_]); }
  // Text of what is probably the key. Returns its id, or kNone.
  std::uint32_t PrefetchText(std::uint64_t hash) const {
    const Slot& slot = slots_[hash & mask_];
    if (slot.number == 0) return kNone;
    __builtin_prefetch(text_.data() + slot.text);
    __builtin_prefetch(text_.data() + slot.text + slot.size - 1);
    return slot.number - 1;
  }

  std::size_t size() const { return ids_.size(); }
  std::uint64_t max_ids() const { return max_ids_; }
  // REQUIRES: id < size(). The text is valid until the next Intern or Keep.
  Key key(std::uint32_t id) const { return {text_.data() + ids_[id].text, ids_[id].size, ids_[id].hash}; }

  void PrefetchKey(std::uint32_t id) const { __builtin_prefetch(&ids_[id]); }

  // Forgets all ids but those in `used` (by id). Returns the new id of each old one; kNone of those that are gone.
  std::vector<std::uint32_t> Keep(const std::vector<bool>& used);

  // The most that one takes, in bytes; while it grows or forgets, up to as much again for a moment.
  static std::uint64_t MemoryBound(std::uint64_t max_keys);

 private:
  // What a look-up compares, in one piece.
  struct Slot {
    std::uint32_t tag = 0;     // upper half of the hash
    std::uint32_t number = 0;  // id + 1; 0: empty
    std::uint32_t text = 0;    // offset in text_
    std::uint16_t size = 0;
    std::uint8_t shard = 0;
  };
  struct Id {
    std::uint64_t hash = 0;
    std::uint32_t text = 0;
    std::uint16_t size = 0;
    std::uint8_t shard = 0;
  };

  Found Insert(const Key& key, std::size_t slot);
  bool MakeRoom(std::size_t size);
  void FillSlots(std::size_t count);

  std::uint64_t max_ids_;
  std::uint64_t max_text_;
  std::size_t mask_;
  std::vector<Slot> slots_;  // linear probing, at most half full
  std::vector<Id> ids_;
  std::vector<char> text_;  // a vector, since a string's reserve takes more than it is asked for
};

}  // namespace socklog

#endif  // SOCKLOG_SKETCH_KEY_DICTIONARY_H_
