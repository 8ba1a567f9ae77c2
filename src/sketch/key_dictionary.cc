#include "sketch/key_dictionary.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace socklog {
namespace {

constexpr std::size_t kSmallest = 512;  // ids for which there is room at first
constexpr std::size_t kGrowth = 4;

std::uint64_t IdsFor(std::uint64_t max_keys) { return max_keys + max_keys / 4; }

// So few ids to a bucket that hardly one is full.
std::uint64_t BucketsFor(std::uint64_t ids) { return std::bit_ceil((ids + 7) / 8); }

}  // namespace

KeyDictionary::KeyDictionary(std::uint64_t max_keys)
    : max_ids_(IdsFor(max_keys)), max_text_(std::max(max_ids_ * kTextBytesPerKey, 2 * kLargestKey)) {
  FillBuckets(BucketsFor(std::min<std::uint64_t>(kSmallest, max_ids_)));
  text_.resize(kTail, 0);
}

std::uint64_t KeyDictionary::MemoryBound(std::uint64_t max_keys) {
  const std::uint64_t ids = IdsFor(max_keys);
  return sizeof(KeyDictionary) + BucketsFor(ids) * sizeof(Bucket) +
         ids * (sizeof(StoredKey) + sizeof(std::uint64_t) + kTextBytesPerKey) + 2 * kLargestKey + kTail;
}

std::uint32_t KeyDictionary::Find(const Key& key) const {
  const std::uint8_t tag = TagOf(key.hash);
  for (std::size_t at = key.hash & mask_;; at = (at + 1) & mask_) {
    const Bucket& bucket = buckets_[at];
    for (std::uint32_t places = bucket.PlacesOf(tag); places != 0; places &= places - 1) {
      const std::uint32_t id = bucket.ids[static_cast<std::size_t>(std::countr_zero(places))];
      if (IsKey(keys_[id], key)) return id;
    }
    if (!bucket.is_full()) return kNone;
  }
}

bool KeyDictionary::IsEnd(const char* text, const Key& key) {
  constexpr std::size_t kSeen = kHead + kTail;
  return std::memcmp(text + kSeen, key.data + kSeen, key.size - kSeen) == 0;
}

std::uint32_t KeyDictionary::Intern(const Key& key) {
  const std::uint32_t id = Find(key);
  return id != kNone ? id : Insert(key);
}

std::uint32_t KeyDictionary::Insert(const Key& key) {
  if (!MakeRoom(key.size)) {
    has_refused_ = true;
    return kNone;
  }
  const auto id = static_cast<std::uint32_t>(keys_.size());
  StoredKey& stored = keys_.emplace_back();
  stored.text = static_cast<std::uint32_t>(text_size());
  stored.size = static_cast<std::uint16_t>(key.size);
  stored.shard = ShardOf(key.text());
  std::memcpy(stored.head.data(), key.data, std::min<std::size_t>(kHead, key.size));
  hashes_.push_back(key.hash);
  text_.resize(text_.size() + key.size, 0);
  std::memcpy(text_.data() + stored.text, key.data, key.size);
  if (BucketsFor(keys_.size()) > buckets_.size()) {
    FillBuckets(BucketsFor(keys_.size()));  // takes in the new one, too; the fewer there are, the more are in the cache
  } else {
    PutInBucket(id);
  }
  return id;
}

// Vectors grow fourfold, since to copy and to touch memory for the first time is dear, but never beyond what can be
// needed.
bool KeyDictionary::MakeRoom(std::size_t size) {
  if (keys_.size() == max_ids_ || text_size() + size > max_text_) return false;
  if (keys_.size() == keys_.capacity()) {
    keys_.reserve(std::min<std::size_t>(max_ids_, std::max(kGrowth * keys_.size(), kSmallest)));
    hashes_.reserve(keys_.capacity());
  }
  if (text_.size() + size > text_.capacity()) {
    const std::size_t grown = std::max(kGrowth * (text_size() + size), kSmallest * std::size_t{kTextBytesPerKey});
    text_.reserve(std::min<std::size_t>(max_text_, grown) + kTail);
  }
  return true;
}

void KeyDictionary::FillBuckets(std::size_t count) {
  if (buckets_.size() != count) buckets_ = HugePageVector<Bucket>();
  buckets_.assign(count, Bucket());
  mask_ = count - 1;
  for (std::uint32_t id = 0; id < keys_.size(); ++id) PutInBucket(id);
}

void KeyDictionary::PutInBucket(std::uint32_t id) {
  std::size_t at = hashes_[id] & mask_;
  while (buckets_[at].is_full()) at = (at + 1) & mask_;
  Bucket& bucket = buckets_[at];
  const auto place = static_cast<std::size_t>(std::countr_zero(bucket.PlacesOf(0)));
  bucket.tags[place] = TagOf(hashes_[id]);
  bucket.ids[place] = id;
}

bool KeyDictionary::IsHalfUnused(const std::vector<bool>& used) const {
  std::size_t ids = 0;
  std::size_t text = 0;
  for (std::size_t id = 0; id < keys_.size(); ++id) {
    if (used[id]) continue;
    ++ids;
    text += keys_[id].size;
  }
  return IsMoreThanHalf(ids, text);
}

std::size_t KeyDictionary::TakeColumn() {
  const auto column = static_cast<std::size_t>(std::find(taken_.begin(), taken_.end(), false) - taken_.begin());
  if (column < kColumns) taken_[column] = true;
  return column;
}

std::vector<std::uint32_t> KeyDictionary::Keep(const std::vector<bool>& used) {
  std::vector<std::uint32_t> renamed(keys_.size(), kNone);
  std::uint32_t kept = 0;
  std::size_t end = 0;  // of the text that is kept; ids and text are in the same order, so both move down in place
  for (std::size_t id = 0; id < keys_.size(); ++id) {
    if (!used[id]) continue;
    StoredKey moved = keys_[id];
    std::memmove(text_.data() + end, text_.data() + moved.text, moved.size);
    moved.text = static_cast<std::uint32_t>(end);
    end += moved.size;
    keys_[kept] = moved;
    hashes_[kept] = hashes_[id];
    renamed[id] = kept++;
  }
  keys_.resize(kept);
  hashes_.resize(kept);
  text_.resize(end + kTail);
  std::fill(text_.end() - kTail, text_.end(), '\0');
  FillBuckets(buckets_.size());
  return renamed;
}

}  // namespace socklog
