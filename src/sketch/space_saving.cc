#include "sketch/space_saving.h"

#include <algorithm>
#include <bit>

namespace socklog {
namespace {

constexpr std::size_t kSmallestIndex = 64;

}  // namespace

SpaceSaving::SpaceSaving(std::uint64_t max_keys)
    : limits_(max_keys), arena_limit_(3 * (limits_.text * kShards + kLargestKey) / 2), index_(kSmallestIndex, 0) {}

std::uint64_t SpaceSaving::MemoryBound(std::uint64_t max_keys) {
  const SpaceSaving sample(max_keys);
  const std::uint64_t keys = sample.limits_.keys * kShards;
  const std::uint64_t index = std::bit_ceil(2 * (keys + 1)) * sizeof(std::uint32_t);
  const std::uint64_t free = 2 * keys * sizeof(std::uint32_t);
  return sizeof(SpaceSaving) + keys * (sizeof(Entry) + sizeof(Node) + sizeof(std::uint32_t)) + index + free +
         sample.arena_limit_;
}

std::size_t SpaceSaving::Probe(const Key& key) const {
  const std::size_t mask = index_.size() - 1;
  std::size_t slot = key.hash & mask;
  while (index_[slot] != 0) {
    const Entry& entry = entries_[index_[slot] - 1];
    if (entry.hash == key.hash && TextOf(entry) == key.text()) break;
    slot = (slot + 1) & mask;
  }
  return slot;
}

void SpaceSaving::Add(const Key& key, const Cell& delta) {
  const std::size_t slot = Probe(key);
  if (index_[slot] == 0) {
    Admit(key, delta);
    return;
  }
  Entry& entry = entries_[index_[slot] - 1];
  entry.cell += delta;
  Shard& shard = shards_[entry.shard];
  if (!shard.is_heap) return;
  const std::uint32_t heap_slot = heap_slots_[index_[slot] - 1];
  shard.members[heap_slot].count = CountOf(entry);
  SiftDown(&shard, heap_slot);
}

// The entry that makes room for the key, if the key is new and its shard full; nullptr where that is unlikely.
const SpaceSaving::Entry* SpaceSaving::VictimOf(const Key& key) const {
  if (index_[HomeOf(key.hash)] != 0) return nullptr;
  const Shard& shard = shards_[ShardOf(key.text())];
  return shard.is_heap && !shard.members.empty() ? &entries_[shard.members.front().entry] : nullptr;
}

void SpaceSaving::PrefetchEntry(const Key& key) const {
  const std::uint32_t number = index_[HomeOf(key.hash)];
  PrefetchLine(number != 0 ? &entries_[number - 1] : VictimOf(key));
}

void SpaceSaving::PrefetchVictimIndex(const Key& key) const {
  if (const Entry* victim = VictimOf(key)) PrefetchLine(&index_[HomeOf(victim->hash)]);
}

void SpaceSaving::Admit(const Key& key, const Cell& delta) {
  const std::uint8_t shard_number = ShardOf(key.text());
  Shard& shard = shards_[shard_number];
  MakeRoom(&shard, key.size);

  std::uint32_t number;
  if (free_.empty()) {
    number = static_cast<std::uint32_t>(entries_.size());
    if (entries_.size() == entries_.capacity()) {  // doubling, but never beyond what can be needed
      const std::size_t most = limits_.keys * kShards;
      entries_.reserve(std::min(std::max<std::size_t>(64, 2 * entries_.size()), most));
      heap_slots_.reserve(entries_.capacity());
    }
    entries_.emplace_back();
    heap_slots_.push_back(0);
  } else {
    number = free_.back();
    free_.pop_back();
  }
  const std::uint32_t text = StoreText(key.text());
  entries_[number] =
      Entry{delta, shard.largest_evicted, key.hash, text, static_cast<std::uint16_t>(key.size), shard_number, true};
  shard.text_bytes += key.size;
  ++live_;
  if (shard.members.size() == shard.members.capacity())
    shard.members.reserve(std::min<std::size_t>(std::max<std::size_t>(4, 2 * shard.members.size()), limits_.keys));
  shard.members.push_back({0, 0, number});
  if (shard.is_heap) PushHeap(&shard);
  IndexInsert(number);
}

// Evicts until one more key of `size` bytes fits.
void SpaceSaving::MakeRoom(Shard* shard, std::size_t size) {
  while (!shard->members.empty() &&
         (shard->members.size() >= limits_.keys || shard->text_bytes + size > limits_.text)) {
    if (!shard->is_heap) MakeHeap(shard);
    EvictSmallest(shard);
  }
}

void SpaceSaving::EvictSmallest(Shard* shard) {
  const std::uint32_t victim = shard->members.front().entry;
  IndexErase(victim);
  Entry& entry = entries_[victim];
  shard->largest_evicted = CountOf(entry);  // counts never fall below what a newcomer inherits, so it only grows
  entry.live = false;
  shard->text_bytes -= entry.size;
  live_text_ -= entry.size;
  --live_;
  ++evicted_;
  free_.push_back(victim);
  PopHeap(shard);
}

void SpaceSaving::IndexInsert(std::uint32_t number) {
  if ((live_ + 1) * 2 > index_.size()) {
    GrowIndex();  // takes in `number` too: it is live
    return;
  }
  const std::size_t mask = index_.size() - 1;
  std::size_t slot = entries_[number].hash & mask;
  while (index_[slot] != 0) slot = (slot + 1) & mask;
  index_[slot] = number + 1;
}

void SpaceSaving::GrowIndex() {
  index_.assign(index_.size() * 2, 0);
  const std::size_t mask = index_.size() - 1;
  for (std::uint32_t number = 0; number < entries_.size(); ++number) {
    if (!entries_[number].live) continue;
    std::size_t slot = entries_[number].hash & mask;
    while (index_[slot] != 0) slot = (slot + 1) & mask;
    index_[slot] = number + 1;
  }
}

// Backward-shift deletion: no tombstones, so a table under constant eviction does not degrade.
void SpaceSaving::IndexErase(std::uint32_t number) {
  const std::size_t mask = index_.size() - 1;
  std::size_t hole = entries_[number].hash & mask;
  while (index_[hole] != number + 1) hole = (hole + 1) & mask;
  for (std::size_t next = (hole + 1) & mask; index_[next] != 0; next = (next + 1) & mask) {
    const std::size_t home = entries_[index_[next] - 1].hash & mask;
    if (((next - home) & mask) >= ((next - hole) & mask)) {
      index_[hole] = index_[next];
      hole = next;
    }
  }
  index_[hole] = 0;
}

std::uint32_t SpaceSaving::StoreText(std::string_view key) {
  if (arena_.size() + key.size() > arena_.capacity()) {
    if (2 * arena_.size() >= 3 * live_text_ + kLargestKey) CompactText();
    const std::size_t needed = arena_.size() + key.size();
    if (needed > arena_.capacity())
      arena_.reserve(std::min(std::max(2 * needed, std::size_t{4096}), static_cast<std::size_t>(arena_limit_)));
  }
  const auto offset = static_cast<std::uint32_t>(arena_.size());
  arena_.insert(arena_.end(), key.begin(), key.end());
  live_text_ += key.size();
  return offset;
}

void SpaceSaving::CompactText() {
  std::vector<char> packed;
  packed.reserve(arena_.capacity());
  for (Entry& entry : entries_) {
    if (!entry.live) continue;
    const std::string_view text = TextOf(entry);
    const auto offset = static_cast<std::uint32_t>(packed.size());
    packed.insert(packed.end(), text.begin(), text.end());
    entry.text = offset;
  }
  arena_ = std::move(packed);
}

void SpaceSaving::Clear() {
  entries_.clear();
  heap_slots_.clear();
  free_.clear();
  std::fill(index_.begin(), index_.end(), 0);
  arena_.clear();
  live_text_ = 0;
  live_ = 0;
  evicted_ = 0;
  for (Shard& shard : shards_) {
    shard.members.clear();
    shard.text_bytes = 0;
    shard.largest_evicted = 0;
    shard.shared = 0;
    shard.is_heap = false;
  }
}

}  // namespace socklog
