// Numbers for keys: the text of a key is stored, and compared, once for all tables of one dimension.
#ifndef SOCKLOG_SKETCH_KEY_DICTIONARY_H_
#define SOCKLOG_SKETCH_KEY_DICTIONARY_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
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

  // The key's id, a new one if it has none yet; kNone where there is no room for a new one.
  std::uint32_t Intern(const Key& key);

  // A look-up waits for memory again and again. Done in steps for many keys at a time, the waits overlap: PrefetchSlot,
  // then Look, then Holds.
  void PrefetchSlot(std::uint64_t hash) const { __builtin_prefetch(&slots_[Home(hash)]); }
  // What is the key, but for hashes that share 32 bits.
  struct Candidate {
    std::uint32_t id = kNone;
    std::uint8_t shard = 0;  // ShardOf the key
    std::size_t slot = 0;
  };
  Candidate Look(const Key& key) const {
    const auto tag = static_cast<std::uint32_t>(key.hash >> 32);
    for (std::size_t at = Home(key.hash); slots_[at].number != 0; at = (at + 1) & mask_) {
      const Slot& slot = slots_[at];
      if (slot.tag != tag || slot.size != key.size) continue;
      if (slot.size > kHead) __builtin_prefetch(text_.data() + slot.text + kHead);
      return {slot.number - 1, slot.shard, at};
    }
    return {};
  }
  // Whether the candidate is the key. It may be as old as the last Keep.
  bool Holds(const Candidate& candidate, const Key& key) const {
    const Slot& slot = slots_[candidate.slot];
    return slot.number - 1 == candidate.id && candidate.id != kNone && Holds(slot, key);
  }

  std::size_t size() const { return ids_.size(); }
  std::uint64_t max_ids() const { return max_ids_; }
  // REQUIRES: id < size(). The text is valid until the next Intern or Keep.
  Key key(std::uint32_t id) const { return {text_.data() + ids_[id].text, ids_[id].size, ids_[id].hash}; }
  std::uint8_t shard(std::uint32_t id) const { return ids_[id].shard; }  // ShardOf the key

  void PrefetchKey(std::uint32_t id) const { __builtin_prefetch(&ids_[id]); }

  // Forgets all ids but those in `used` (by id). Returns the new id of each old one; kNone of those that are gone.
  std::vector<std::uint32_t> Keep(const std::vector<bool>& used);

  // The most that one takes, in bytes; while it grows or forgets, up to as much again for a moment.
  static std::uint64_t MemoryBound(std::uint64_t max_keys);

 private:
  static constexpr std::size_t kHead = 16;

  // What a look-up compares, two to a cache line: users and addresses are seldom longer than that.
  struct alignas(32) Slot {
    std::uint32_t tag = 0;     // upper half of the hash
    std::uint32_t number = 0;  // id + 1; 0: empty
    std::uint32_t text = 0;    // offset in text_
    std::uint16_t size = 0;
    std::uint8_t shard = 0;
    std::array<char, kHead> head{};  // the first bytes of the text
  };
  struct Id {
    std::uint64_t hash = 0;
    std::uint32_t text = 0;
    std::uint16_t size = 0;
    std::uint8_t shard = 0;
  };

  // The first slot of a cache line.
  std::size_t Home(std::uint64_t hash) const { return hash & mask_ & ~std::size_t{1}; }
  static bool SameBytes(const char* a, const char* b, std::size_t size);
  // REQUIRES: they have the same size.
  bool Holds(const Slot& slot, const Key& key) const {
    if (key.size <= kHead) return SameBytes(slot.head.data(), key.data, key.size);
    return SameBytes(slot.head.data(), key.data, kHead) &&
           SameBytes(text_.data() + slot.text + kHead, key.data + kHead, key.size - kHead);
  }
  std::uint32_t Insert(const Key& key, std::size_t slot);
  bool MakeRoom(std::size_t size);
  void FillSlots(std::size_t count);
  void FillSlot(std::uint32_t id, std::size_t at);

  std::uint64_t max_ids_;
  std::uint64_t max_text_;
  std::size_t mask_;
  std::vector<Slot> slots_;  // linear probing, at most four fifths full
  std::vector<Id> ids_;
  std::vector<char> text_;  // a vector, since a string's reserve takes more than it is asked for
};

// Eight bytes at a time, the last of them perhaps twice: keys are short, and a call of memcmp costs more than that.
inline bool KeyDictionary::SameBytes(const char* a, const char* b, std::size_t size) {
  const auto difference = [a, b](auto word, std::size_t offset) {
    auto other = word;
    std::memcpy(&word, a + offset, sizeof(word));
    std::memcpy(&other, b + offset, sizeof(other));
    return word ^ other;
  };
  constexpr std::uint64_t kEight = 0;
  if (size >= 16) {
    std::uint64_t any = difference(kEight, size - 16) | difference(kEight, size - 8);
    for (std::size_t i = 0; i + 16 < size; i += 16) any |= difference(kEight, i) | difference(kEight, i + 8);
    return any == 0;
  }
  if (size >= 8) return (difference(kEight, 0) | difference(kEight, size - 8)) == 0;
  if (size >= 4) return (difference(std::uint32_t{0}, 0) | difference(std::uint32_t{0}, size - 4)) == 0;
  for (std::size_t i = 0; i < size; ++i) {
    if (a[i] != b[i]) return false;
  }
  return true;
}

}  // namespace socklog

#endif  // SOCKLOG_SKETCH_KEY_DICTIONARY_H_
