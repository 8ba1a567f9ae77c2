#include "sketch/key_table.h"

#include <algorithm>

namespace socklog {
namespace {

constexpr std::size_t kAhead = 64;  // requests whose places in memory are fetched together

constexpr std::array<Cell, kOutcomes> kCells = [] {
  std::array<Cell, kOutcomes> cells;
  for (std::size_t outcome = 0; outcome < kOutcomes; ++outcome)
    cells[outcome] = CellOfOutcome(static_cast<std::uint8_t>(outcome));
  return cells;
}();

// What a request adds to the words of an Entry, by outcome.
constexpr std::array<std::array<std::uint64_t, 3>, kOutcomes> kWords = [] {
  std::array<std::array<std::uint64_t, 3>, kOutcomes> words{};
  for (std::size_t outcome = 0; outcome < kOutcomes; ++outcome) {
    const Cell& cell = kCells[outcome];
    words[outcome] = {cell.requests | cell.errors << 32, cell.server_errors | cell.throttled << 32,
                      cell.auth_failures | cell.not_found << 32};
  }
  return words;
}();

bool Counts(const Request& request, const Key& key) { return key.size != 0 && !request.ignored; }

}  // namespace

KeyTable::KeyTable(std::uint64_t max_keys, KeyDictionary* dictionary, std::uint64_t most_narrow)
    : max_keys_(max_keys), limits_(max_keys), most_narrow_(most_narrow), dictionary_(*dictionary) {}

std::uint64_t KeyTable::EmptyMemoryBound(std::uint64_t max_keys) {
  return sizeof(KeyTable) + ShardLimits(max_keys).keys * kShards * sizeof(Entry) +
         KeyDictionary(max_keys).max_ids() * sizeof(std::uint32_t);
}

std::uint64_t KeyTable::MemoryBound(std::uint64_t max_keys) {
  return EmptyMemoryBound(max_keys) + SpaceSaving::MemoryBound(max_keys);
}

void KeyTable::Add(std::span<const Request> requests, Dimension dimension) {
  const std::size_t index = KeyedIndex(dimension);
  while (!requests.empty()) {
    const std::span<const Request> some = requests.first(std::min(requests.size(), kAhead));
    if (is_exact() && requests_ + some.size() > most_narrow_) BecomeSpaceSaving();
    is_exact() ? AddExactly(some, index) : AddApproximately(some, index);
    requests = requests.subspan(some.size());
  }
}

void KeyTable::Prefetch(std::span<const Request> requests, std::size_t dimension) {
  std::array<std::uint32_t, kAhead> ids;
  for (const Request& request : requests) {
    dictionary_.PrefetchSlot(request.keys[dimension].hash);
    __builtin_prefetch(request.keys[dimension].data);
  }
  for (std::size_t i = 0; i < requests.size(); ++i) {
    ids[i] = dictionary_.PrefetchText(requests[i].keys[dimension].hash);
    if (ids[i] < places_.size()) __builtin_prefetch(&places_[ids[i]]);
  }
  for (std::size_t i = 0; i < requests.size(); ++i) {
    if (ids[i] >= places_.size() || places_[ids[i]] == 0) continue;
    __builtin_prefetch(&entries_[places_[ids[i]] - 1], 1);
  }
}

void KeyTable::AddExactly(std::span<const Request> requests, std::size_t dimension) {
  requests_ += requests.size();
  if (requests.size() > 1) Prefetch(requests, dimension);
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const Key& key = requests[i].keys[dimension];
    if (!Counts(requests[i], key)) continue;
    const KeyDictionary::Found found = dictionary_.Intern(key);
    const bool is_known = found.id < places_.size() && places_[found.id] != 0;
    if (!is_known && !Admit(found, key.size)) {
      BecomeSpaceSaving();
      return AddApproximately(requests.subspan(i), dimension);
    }
    const std::array<std::uint64_t, 3>& words = kWords[requests[i].outcome];
    Entry& entry = entries_[places_[found.id] - 1];
    for (std::size_t word = 0; word < words.size(); ++word) entry.counts[word] += words[word];
  }
}

void KeyTable::AddApproximately(std::span<const Request> requests, std::size_t dimension) {
  for (const Request& request : requests) space_saving_->PrefetchIndex(request.keys[dimension]);
  for (const Request& request : requests) space_saving_->PrefetchEntry(request.keys[dimension]);
  for (const Request& request : requests) space_saving_->PrefetchVictimIndex(request.keys[dimension]);
  for (const Request& request : requests) {
    const Key& key = request.keys[dimension];
    if (Counts(request, key)) space_saving_->Add(key, kCells[request.outcome]);
  }
}

// False where a SpaceSaving would have to evict, or the dictionary is full.
bool KeyTable::Admit(KeyDictionary::Found found, std::uint32_t size) {
  if (found.id == KeyDictionary::kNone) return false;
  ShardUse& shard = shards_[found.shard];
  if (shard.keys == limits_.keys || shard.text + size > limits_.text) return false;
  ++shard.keys;
  shard.text += size;
  if (found.id >= places_.size()) {
    places_.reserve(std::min<std::size_t>(dictionary_.max_ids(), std::max<std::size_t>(256, 2 * dictionary_.size())));
    places_.resize(places_.capacity(), 0);
  }
  if (entries_.size() == entries_.capacity())  // doubling, but never beyond what can be needed
    entries_.reserve(std::min<std::size_t>(std::max<std::size_t>(64, 2 * entries_.size()), limits_.keys * kShards));
  entries_.push_back({{}, found.id});
  places_[found.id] = static_cast<std::uint32_t>(entries_.size());
  return true;
}

void KeyTable::BecomeSpaceSaving() {
  auto space_saving = std::make_unique<SpaceSaving>(max_keys_);
  for (const Entry& entry : entries_) space_saving->Add(dictionary_.key(entry.id), entry.Wide());
  Forget();
  space_saving_ = std::move(space_saving);
}

void KeyTable::Forget() {
  for (const Entry& entry : entries_) places_[entry.id] = 0;
  entries_.clear();
  shards_.fill(ShardUse());
  requests_ = 0;
}

void KeyTable::Clear() {
  Forget();
  space_saving_.reset();
}

void ForgetUnused(KeyDictionary* dictionary, const std::vector<KeyTable*>& tables) {
  const std::size_t most = dictionary->max_ids() / 2;
  if (dictionary->size() <= most) return;
  std::vector<bool> used(dictionary->size(), false);
  for (const KeyTable* table : tables) {
    for (const KeyTable::Entry& entry : table->entries_) used[entry.id] = true;
  }
  if (static_cast<std::size_t>(std::count(used.begin(), used.end(), false)) <= most) return;
  const std::vector<std::uint32_t> renamed = dictionary->Keep(used);
  for (KeyTable* table : tables) {
    for (const KeyTable::Entry& entry : table->entries_) table->places_[entry.id] = 0;
    std::uint32_t place = 0;
    for (KeyTable::Entry& entry : table->entries_) {
      entry.id = renamed[entry.id];
      table->places_[entry.id] = ++place;
    }
  }
}

}  // namespace socklog
