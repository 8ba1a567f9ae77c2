#include "sketch/key_table.h"

#include <algorithm>
#include <bit>
#include <unordered_map>

#include "base/hash.h"

namespace socklog {
namespace {

constexpr std::size_t kSmallestIndex = 64;
constexpr std::uint64_t kLargestKey = 256;

struct SeededHash {
  std::size_t operator()(std::string_view key) const { return Hash64(key, RandomSeed()); }
};

}  // namespace

KeyTable::KeyTable(std::uint64_t max_keys)
    : shard_keys_(std::max<std::uint64_t>(1, max_keys / kShards)),
      shard_text_(std::max<std::uint64_t>(512, shard_keys_ * kTextBytesPerKey)),
      arena_limit_(2 * (shard_text_ * kShards + kLargestKey)),
      index_(kSmallestIndex, 0) {}

std::uint64_t KeyTable::MemoryBound(std::uint64_t max_keys) {
  const KeyTable sample(max_keys);
  const std::uint64_t keys = sample.shard_keys_ * kShards;
  const std::uint64_t index = 2 * std::bit_ceil(2 * keys) * sizeof(std::uint32_t);
  const std::uint64_t members_and_free = 4 * keys * sizeof(std::uint32_t);
  return sizeof(KeyTable) + keys * sizeof(Entry) + index + members_and_free + sample.arena_limit_;
}

std::size_t KeyTable::Probe(std::string_view key, std::uint64_t hash) const {
  const std::size_t mask = index_.size() - 1;
  std::size_t slot = hash & mask;
  while (index_[slot] != 0) {
    const Entry& entry = entries_[index_[slot] - 1];
    if (entry.hash == hash && TextOf(entry) == key) break;
    slot = (slot + 1) & mask;
  }
  return slot;
}

void KeyTable::Add(std::string_view key, const Cell& delta) {
  const std::uint64_t hash = Hash64(key, RandomSeed());
  const std::size_t slot = Probe(key, hash);
  if (index_[slot] == 0) {
    Admit(key, hash, delta);
    return;
  }
  Entry& entry = entries_[index_[slot] - 1];
  entry.cell += delta;
  Shard& shard = shards_[entry.shard];
  if (shard.is_heap) SiftDown(&shard, entry.heap_slot);
}

void KeyTable::Admit(std::string_view key, std::uint64_t hash, const Cell& delta) {
  const auto shard_number = static_cast<std::uint8_t>(Hash64(key) >> 58);
  Shard& shard = shards_[shard_number];
  MakeRoom(&shard, key.size());

  std::uint32_t number;
  if (free_.empty()) {
    number = static_cast<std::uint32_t>(entries_.size());
    if (entries_.size() == entries_.capacity()) {  // doubling, but never beyond what can be needed
      entries_.reserve(std::min<std::size_t>(std::max<std::size_t>(64, 2 * entries_.size()), shard_keys_ * kShards));
    }
    entries_.emplace_back();
  } else {
    number = free_.back();
    free_.pop_back();
  }
  const std::uint32_t text = StoreText(key);
  Entry& entry = entries_[number];
  entry =
      Entry{delta, shard.largest_evicted, hash, text, static_cast<std::uint16_t>(key.size()), shard_number, true, 0};
  shard.text_bytes += key.size();
  ++live_;
  shard.members.push_back(number);
  entry.heap_slot = static_cast<std::uint32_t>(shard.members.size() - 1);
  if (shard.is_heap) SiftUp(&shard, entry.heap_slot);
  IndexInsert(number);
}

// Evicts until one more key of `size` bytes fits.
void KeyTable::MakeRoom(Shard* shard, std::size_t size) {
  while (!shard->members.empty() && (shard->members.size() >= shard_keys_ || shard->text_bytes + size > shard_text_)) {
    if (!shard->is_heap) MakeHeap(shard);
    EvictSmallest(shard);
  }
}

void KeyTable::EvictSmallest(Shard* shard) {
  const std::uint32_t victim = shard->members.front();
  IndexErase(victim);
  Entry& entry = entries_[victim];
  shard->largest_evicted = CountOf(entry);  // counts never fall below what a newcomer inherits, so it only grows
  entry.live = false;
  shard->text_bytes -= entry.size;
  live_text_ -= entry.size;
  --live_;
  ++evicted_;
  free_.push_back(victim);

  const std::uint32_t last = shard->members.back();
  shard->members.pop_back();
  if (!shard->members.empty()) {
    Place(shard, 0, last);
    SiftDown(shard, 0);
  }
}

void KeyTable::IndexInsert(std::uint32_t number) {
  if ((live_ + 1) * 2 > index_.size()) {
    GrowIndex();  // takes in `number` too: it is live
    return;
  }
  const std::size_t mask = index_.size() - 1;
  std::size_t slot = entries_[number].hash & mask;
  while (index_[slot] != 0) slot = (slot + 1) & mask;
  index_[slot] = number + 1;
}

void KeyTable::GrowIndex() {
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
void KeyTable::IndexErase(std::uint32_t number) {
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

std::uint32_t KeyTable::StoreText(std::string_view key) {
  if (arena_.size() + key.size() > arena_.capacity()) {
    if (arena_.size() >= 2 * live_text_ + kLargestKey) CompactText();
    const std::size_t needed = arena_.size() + key.size();
    if (needed > arena_.capacity())
      arena_.reserve(std::min(std::max(2 * needed, std::size_t{4096}), static_cast<std::size_t>(arena_limit_)));
  }
  const auto offset = static_cast<std::uint32_t>(arena_.size());
  arena_.insert(arena_.end(), key.begin(), key.end());
  live_text_ += key.size();
  return offset;
}

void KeyTable::CompactText() {
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

bool KeyTable::Less(std::uint32_t a, std::uint32_t b) const {
  const std::uint64_t count_a = CountOf(entries_[a]);
  const std::uint64_t count_b = CountOf(entries_[b]);
  return count_a != count_b ? count_a < count_b : TextOf(entries_[a]) < TextOf(entries_[b]);
}

void KeyTable::Place(Shard* shard, std::uint32_t slot, std::uint32_t entry) {
  shard->members[slot] = entry;
  entries_[entry].heap_slot = slot;
}

void KeyTable::SiftDown(Shard* shard, std::uint32_t slot) {
  std::vector<std::uint32_t>& heap = shard->members;
  const std::uint32_t moving = heap[slot];
  for (;;) {
    std::uint32_t child = 2 * slot + 1;
    if (child >= heap.size()) break;
    if (child + 1 < heap.size() && Less(heap[child + 1], heap[child])) ++child;
    if (!Less(heap[child], moving)) break;
    Place(shard, slot, heap[child]);
    slot = child;
  }
  Place(shard, slot, moving);
}

void KeyTable::SiftUp(Shard* shard, std::uint32_t slot) {
  std::vector<std::uint32_t>& heap = shard->members;
  const std::uint32_t moving = heap[slot];
  while (slot > 0) {
    const std::uint32_t parent = (slot - 1) / 2;
    if (!Less(moving, heap[parent])) break;
    Place(shard, slot, heap[parent]);
    slot = parent;
  }
  Place(shard, slot, moving);
}

void KeyTable::MakeHeap(Shard* shard) {
  for (std::size_t i = shard->members.size() / 2; i-- > 0;) SiftDown(shard, static_cast<std::uint32_t>(i));
  for (std::uint32_t i = 0; i < shard->members.size(); ++i) entries_[shard->members[i]].heap_slot = i;
  shard->is_heap = true;
}

const Cell* KeyTable::Find(std::string_view key, std::uint64_t* missing) const {
  const std::size_t slot = Probe(key, Hash64(key, RandomSeed()));
  if (index_[slot] != 0) {
    const Entry& entry = entries_[index_[slot] - 1];
    *missing = entry.inherited;
    return &entry.cell;
  }
  *missing = shards_[Hash64(key) >> 58].largest_evicted;
  return nullptr;
}

void KeyTable::Clear() {
  entries_.clear();
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
    shard.is_heap = false;
  }
}

namespace {

void CutToLargest(std::uint64_t max_keys, DimensionReport* report) {
  if (report->keys.size() <= max_keys) return;
  const auto larger = [](const KeyedCell& a, const KeyedCell& b) {
    return a.cell.requests != b.cell.requests ? a.cell.requests > b.cell.requests : a.key < b.key;
  };
  const auto end = report->keys.begin() + static_cast<std::ptrdiff_t>(max_keys);
  std::nth_element(report->keys.begin(), end, report->keys.end(), larger);
  report->evicted += report->keys.size() - max_keys;
  report->keys.erase(end, report->keys.end());
}

}  // namespace

void MergeTables(const std::vector<const KeyTable*>& tables, std::uint64_t max_keys, DimensionReport* report) {
  report->keys.clear();
  report->evicted = 0;
  for (const KeyTable* table : tables) report->evicted += table->evicted();
  if (tables.size() == 1) {
    report->keys.reserve(tables.front()->size());
    tables.front()->ForEach([&](std::string_view key, const Cell& cell, std::uint64_t error) {
      report->keys.push_back({key, cell, error});
    });
    CutToLargest(max_keys, report);
    return;
  }
  std::unordered_map<std::string_view, std::size_t, SeededHash> places;
  for (const KeyTable* table : tables) {
    table->ForEach([&](std::string_view key, const Cell& cell, std::uint64_t) {
      const auto [place, inserted] = places.try_emplace(key, report->keys.size());
      if (inserted) report->keys.push_back({key, {}, 0});
      report->keys[place->second].cell += cell;
    });
  }
  for (const KeyTable* table : tables) {
    if (table->evicted() == 0) continue;
    for (KeyedCell& keyed : report->keys) {
      std::uint64_t missing = 0;
      table->Find(keyed.key, &missing);
      keyed.count_error += missing;
    }
  }
  CutToLargest(max_keys, report);
}

std::uint64_t MergeMemoryBound(std::uint64_t tables, std::uint64_t max_keys) {
  if (tables == 1) return max_keys * sizeof(KeyedCell);
  constexpr std::uint64_t kPlaceBytes = 64;                          // of a key in `places`: a node and its buckets
  return tables * max_keys * (3 * sizeof(KeyedCell) + kPlaceBytes);  // a vector that grows holds its old half, too
}

}  // namespace socklog
