// Numbers for keys: the text of a key is stored, and compared, once for all tables of one dimension.
#ifndef SOCKLOG_SKETCH_KEY_DICTIONARY_H_
#define SOCKLOG_SKETCH_KEY_DICTIONARY_H_

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/equal_bytes.h"
#include "base/huge_pages.h"
#include "base/prefetch.h"
#include "sketch/shard.h"
#include "socklog/request.h"

namespace socklog {

// Keys get the numbers ("ids") 0, 1, 2, ... as they come. It has no meaning of its own: what a table says depends
// neither on the ids nor on what else is in here. Thread-compatible.
//
// Beside each key there is room for some words, one for each of a few tables: who has looked at the key has that cache
// line at hand. Such a column of words belongs to one table at a time.
class KeyDictionary {
 public:
  static constexpr std::uint32_t kNone = 0xffffffff;
  static constexpr std::size_t kColumns = 3;  // windows that are open at a time where each waits for late lines

  // Room for a quarter more than `max_keys` ids, with kTextBytesPerKey bytes of text each on average.
  // Starts small. REQUIRES: 64 <= max_keys <= kLargestMaxKeys
  explicit KeyDictionary(std::uint64_t max_keys);

  // The key's id, a new one if it has none yet; kNone where there is no room for a new one.
  std::uint32_t Intern(const Key& key);

  // A look-up waits for memory again and again. Done in steps for many keys at a time, the waits overlap:
  // PrefetchBuckets, then LookUp, then PrefetchTexts, then Holds or VisitHeld. `dimension`: KeyedIndex of the keys.
  void PrefetchBuckets(std::span<const Request> requests, std::size_t dimension) const {
    for (const Request& request : requests) PrefetchLine(&buckets_[request.keys[dimension].hash & mask_]);
  }
  // ids[i]: Look for the key of requests[i]. Returns whether PrefetchTexts may help: not where all keys are shorter
  // than their heads, which is usual for users and addresses. Fetches the keys of the requests, too: where another
  // thread has made them, they are in that processor's cache.
  bool LookUp(std::span<const Request> requests, std::size_t dimension, std::uint32_t* ids) const {
    std::uint32_t sizes = 0;
    for (std::size_t i = 0; i < requests.size(); ++i) {
      const Key& key = requests[i].keys[dimension];
      ids[i] = Look(key.hash);
      PrefetchLine(key.data);
      if (ids[i] < keys_.size()) PrefetchLine(&keys_[ids[i]]);
      sizes |= key.size;
    }
    return sizes > kHead;
  }
  void PrefetchTexts(std::span<const Request> requests, const std::uint32_t* ids) const {
    for (std::size_t i = 0; i < requests.size(); ++i) {
      if (ids[i] < keys_.size()) PrefetchLine(text_.data() + keys_[ids[i]].text + kHead);
    }
  }
  // The id of what is the key, but for hashes that share a few bits; kNone: it has none, or another id.
  std::uint32_t Look(std::uint64_t hash) const {
    const std::uint8_t tag = TagOf(hash);
    for (std::size_t at = hash & mask_;; at = (at + 1) & mask_) {
      const Bucket& bucket = buckets_[at];
      if (const std::uint32_t places = bucket.PlacesOf(tag); places != 0)
        return bucket.ids[static_cast<std::size_t>(std::countr_zero(places))];
      if (!bucket.is_full()) return kNone;
    }
  }
  // Whether the key has that id, which may be any number. REQUIRES: it has a size.
  bool Holds(std::uint32_t id, const Key& key) const { return id < keys_.size() && IsKey(keys_[id], key); }

  std::size_t size() const { return keys_.size(); }
  std::uint64_t max_ids() const { return max_ids_; }
  // Whether a new key was refused for want of room since this was last asked.
  bool TakeRefusal() { return std::exchange(has_refused_, false); }
  // Whether more than half of the room is taken, for ids or for text.
  bool IsHalfFull() const { return IsMoreThanHalf(keys_.size(), text_size()); }
  // Whether the keys that are not in `used` (by id) take more than half of the room.
  bool IsHalfUnused(const std::vector<bool>& used) const;
  // REQUIRES: id < size(). The text is valid until the next Intern or Keep.
  Key key(std::uint32_t id) const {
    const StoredKey& stored = keys_[id];
    return {stored.size > kHead ? text_.data() + stored.text : stored.head.data(), stored.size, hashes_[id]};
  }
  std::uint8_t shard(std::uint32_t id) const { return keys_[id].shard; }  // ShardOf the key
  std::uint32_t key_size(std::uint32_t id) const { return keys_[id].size; }

  void PrefetchKey(std::uint32_t id) const { PrefetchLine(&keys_[id]); }

  // Calls visit(request, id of its key) for some requests, those at the front. Ends at the first one that counts and
  // has not the key of ids[i], or for which visit says no; returns how many came before. Those that do not count are
  // passed over. Nothing else happens in the loop, so that what it needs stays in registers. visit may change words
  // only.
  template <typename Visit>
  std::size_t VisitHeld(std::span<const Request> requests, std::size_t dimension, const std::uint32_t* ids,
                        Visit visit) const {
    const StoredKey* const keys = keys_.data();
    const std::size_t size = keys_.size();
    std::size_t i = 0;
    for (; i < requests.size(); ++i) {
      const Request& request = requests[i];
      const Key& key = request.keys[dimension];
      if (!Counts(request, key)) continue;
      const std::uint32_t id = ids[i];
      if (id >= size || !IsKey(keys[id], key) || !visit(request, id)) [[unlikely]]
        break;
    }
    return i;
  }

  // A column that nobody has, all of whose words are 0; kColumns: there is none. Whoever gives it back has made them 0.
  std::size_t TakeColumn();
  void GiveColumn(std::size_t column) { taken_[column] = false; }
  // REQUIRES: id < size(), a column that was taken. Valid until the next Intern or Keep.
  std::uint64_t& word(std::uint32_t id, std::size_t column) { return keys_[id].words[column]; }
  std::uint64_t word(std::uint32_t id, std::size_t column) const { return keys_[id].words[column]; }

  // Forgets all ids but those in `used` (by id). Returns the new id of each old one; kNone of those that are gone.
  std::vector<std::uint32_t> Keep(const std::vector<bool>& used);

  // The most that one takes, in bytes; while it grows or forgets, up to as much again for a moment.
  static std::uint64_t MemoryBound(std::uint64_t max_keys);

 private:
  static constexpr std::size_t kHead = 32;
  static constexpr std::size_t kTail = 32;  // of a text behind its head, what is compared in one go
  static constexpr std::size_t kPlaces = 12;

  // A cache line of places for ids, with some bits of their keys' hashes; 0: the place is free, and so are those after
  // it.
  struct alignas(64) Bucket {
    std::array<std::uint8_t, 16> tags{};  // of kPlaces only
    std::array<std::uint32_t, kPlaces> ids{};

    // Bit i: place i has that tag.
    std::uint32_t PlacesOf(std::uint8_t tag) const {
#ifdef __SSE2__
      const __m128i all = _mm_load_si128(reinterpret_cast<const __m128i*>(tags.data()));
      const __m128i same = _mm_cmpeq_epi8(all, _mm_set1_epi8(static_cast<char>(tag)));
      return static_cast<std::uint32_t>(_mm_movemask_epi8(same)) & ((1u << kPlaces) - 1);
#else
      std::uint32_t places = 0;
      for (std::size_t i = 0; i < kPlaces; ++i) places |= static_cast<std::uint32_t>(tags[i] == tag) << i;
      return places;
#endif
    }
    bool is_full() const { return tags[kPlaces - 1] != 0; }
  };
  // One cache line: what is compared with a key, since users and addresses are seldom longer than their first bytes,
  // and what is counted of it.
  struct alignas(64) StoredKey {
    std::array<char, kHead> head{};
    std::uint32_t text = 0;  // offset in text_
    std::uint16_t size = 0;
    std::uint8_t shard = 0;
    std::array<std::uint64_t, kColumns> words{};
  };
  static_assert(sizeof(StoredKey) == 64);
  static_assert(kLargestKey <= 256);  // EqualUpTo32

  static std::uint8_t TagOf(std::uint64_t hash) {
    const auto tag = static_cast<std::uint8_t>(hash >> 56);
    return tag == 0 ? 1 : tag;
  }
  // Without a branch on the size up to kHead: it differs from key to key.
  bool IsKey(const StoredKey& stored, const Key& key) const {
    return stored.size == key.size && EqualUpTo32(stored.head.data(), key.data, key.size) &&
           (key.size <= kHead || IsRest(stored, key));
  }
  // What is behind the head.
  bool IsRest(const StoredKey& stored, const Key& key) const {
    const char* const text = text_.data() + stored.text;
    return EqualUpTo32(text + kHead, key.data + kHead, key.size - kHead) &&
           (key.size <= kHead + kTail || IsEnd(text, key));
  }
  // Pure, so that a loop need not load again what it had before the call.
  [[gnu::pure]] static bool IsEnd(const char* text, const Key& key);
  std::size_t text_size() const { return text_.size() - kTail; }
  bool IsMoreThanHalf(std::size_t ids, std::size_t text) const { return ids > max_ids_ / 2 || text > max_text_ / 2; }
  std::uint32_t Find(const Key& key) const;
  std::uint32_t Insert(const Key& key);
  bool MakeRoom(std::size_t size);
  void FillBuckets(std::size_t count);
  void PutInBucket(std::uint32_t id);

  std::uint64_t max_ids_;
  std::uint64_t max_text_;
  std::size_t mask_;
  HugePageVector<Bucket> buckets_;  // by hash; a full one goes on in the next
  HugePageVector<StoredKey> keys_;  // by id
  HugePageVector<std::uint64_t> hashes_;
  std::array<bool, kColumns> taken_{};
  bool has_refused_ = false;
  HugePageVector<char> text_;  // ends with kTail zeros
};

}  // namespace socklog

#endif  // SOCKLOG_SKETCH_KEY_DICTIONARY_H_
