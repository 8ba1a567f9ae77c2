#include "sketch/key_table.h"

#include <algorithm>

namespace socklog {
namespace {

constexpr std::array<Cell, kOutcomes> kCells = [] {
  std::array<Cell, kOutcomes> cells;
  for (std::size_t outcome = 0; outcome < kOutcomes; ++outcome)
    cells[outcome] = CellOfOutcome(static_cast<std::uint8_t>(outcome));
  return cells;
}();

// Writes behind a vector's end, where there is room, and then makes the vector end there, also if something throws.
class Appender {
 public:
  Appender(std::size_t most, std::vector<std::uint32_t>* ids) : ids_(*ids) {
    const std::size_t size = ids_.size();
    ids_.resize(size + most);
    end_ = ids_.data() + size;
  }
  ~Appender() { ids_.resize(static_cast<std::size_t>(end_ - ids_.data())); }
  Appender(const Appender&) = delete;
  Appender& operator=(const Appender&) = delete;

  // Where to write the next ones; to be moved behind them.
  std::uint32_t** end() { return &end_; }
  void Append(std::uint32_t id) { *end_++ = id; }

 private:
  std::vector<std::uint32_t>& ids_;
  std::uint32_t* end_;
};

}  // namespace

std::unique_ptr<SpaceSaving> SpareSpaceSavings::Take(std::uint64_t max_keys) {
  if (spare_.empty()) return std::make_unique<SpaceSaving>(max_keys);
  std::unique_ptr<SpaceSaving> taken = std::move(spare_.back());
  spare_.pop_back();
  return taken;
}

void SpareSpaceSavings::Give(std::unique_ptr<SpaceSaving> space_saving) {
  space_saving->Clear();
  spare_.push_back(std::move(space_saving));
}

KeyTable::KeyTable(std::uint64_t max_keys, KeyDictionary* dictionary, std::uint8_t outcomes, SpareSpaceSavings* spare,
                   std::uint64_t most_requests)
    : max_keys_(max_keys),
      limits_(max_keys),
      most_requests_(most_requests),
      outcomes_(outcomes),
      dictionary_(*dictionary),
      spare_(spare),
      cells_(dictionary) {}

std::uint64_t KeyTable::EmptyMemoryBound(std::uint64_t max_keys) {
  return sizeof(KeyTable) + ShardLimits(max_keys).keys * kShards * sizeof(std::uint32_t) +
         KeyDictionary(max_keys).max_ids() * DenseCells::kBytesPerId;
}

std::uint64_t KeyTable::MemoryBound(std::uint64_t max_keys) {
  return EmptyMemoryBound(max_keys) + SpaceSaving::MemoryBound(max_keys);
}

void KeyTable::Add(std::span<const Request> requests, Dimension dimension) {
  std::array<std::uint32_t, LookedUpIds::kMost> ids;
  while (!requests.empty()) {
    const std::span<const Request> some = requests.first(std::min(requests.size(), ids.size()));
    dictionary_.PrefetchBuckets(some, KeyedIndex(dimension));
    dictionary_.LookUp(some, KeyedIndex(dimension), ids.data());
    Add(some, dimension, ids.data());
    requests = requests.subspan(some.size());
  }
}

void KeyTable::Add(std::span<const Request> requests, Dimension dimension, const std::uint32_t* ids) {
  if (is_exact() && requests_ + requests.size() > most_requests_) BecomeSpaceSaving();
  is_exact() ? AddExactly(requests, KeyedIndex(dimension), ids) : AddApproximately(requests, KeyedIndex(dimension));
}

void KeyTable::AddExactly(std::span<const Request> requests, std::size_t dimension, const std::uint32_t* ids) {
  requests_ += requests.size();
  HasRoom(requests.size()) ? AddWithRoom(requests, dimension, ids) : AddWithCare(requests, dimension, ids);
}

void KeyTable::AddWithRoom(std::span<const Request> requests, std::size_t dimension, const std::uint32_t* ids) {
  const std::size_t before = ids_.size();
  ReserveIds(before + requests.size());
  std::size_t i = 0;
  {
    Appender admitted(requests.size(), &ids_);
    for (; i < requests.size(); ++i) {
      i += cells_.AddHeld(requests.subspan(i), dimension, ids + i, outcomes_, admitted.end());
      if (i == requests.size()) break;
      const Key& key = requests[i].keys[dimension];
      std::uint32_t id = ids[i];
      if (!dictionary_.Holds(id, key)) {
        id = dictionary_.Intern(key);
        if (id == KeyDictionary::kNone) break;
      }
      if (cells_.Add(id, requests[i].outcome & outcomes_)) admitted.Append(id);
    }
  }
  BookAdmitted(before);
  if (i < requests.size()) AddWithCare(requests.subspan(i), dimension, ids + i);
}

// For the keys that were admitted, those from place `first` on.
void KeyTable::BookAdmitted(std::size_t first) {
  for (std::size_t i = first; i < ids_.size(); ++i) {
    ShardUse& shard = shards_[dictionary_.shard(ids_[i])];
    ++shard.keys;
    shard.text += dictionary_.key_size(ids_[i]);
  }
  room_ -= ids_.size() - first;
}

// Whether so many keys can be admitted for sure.
bool KeyTable::HasRoom(std::size_t keys) {
  if (keys <= room_) return true;
  room_ = limits_.keys;
  for (const ShardUse& shard : shards_)
    room_ = std::min({room_, limits_.keys - shard.keys, (limits_.text - shard.text) / kLargestKey});
  return keys <= room_;
}

// As AddWithRoom, and whatever has to be done where the table or the dictionary is full.
void KeyTable::AddWithCare(std::span<const Request> requests, std::size_t dimension, const std::uint32_t* ids) {
  room_ = 0;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const Key& key = requests[i].keys[dimension];
    if (!Counts(requests[i], key)) continue;
    std::uint32_t id = ids[i];
    if (!dictionary_.Holds(id, key)) [[unlikely]]
      id = dictionary_.Intern(key);
    if ((id == KeyDictionary::kNone || !cells_.has(id)) && !Admit(id, key.size)) [[unlikely]] {
      BecomeSpaceSaving();
      return AddApproximately(requests.subspan(i), dimension);
    }
    cells_.Add(id, requests[i].outcome & outcomes_);
  }
}

void KeyTable::AddApproximately(std::span<const Request> requests, std::size_t dimension) {
  constexpr std::size_t kAhead = 64;  // more would push each other out of the cache before they are used
  while (!requests.empty()) {
    const std::span<const Request> some = requests.first(std::min(requests.size(), kAhead));
    for (const Request& request : some) space_saving_->PrefetchIndex(request.keys[dimension]);
    for (const Request& request : some) space_saving_->PrefetchEntry(request.keys[dimension]);
    for (const Request& request : some) space_saving_->PrefetchVictimIndex(request.keys[dimension]);
    for (const Request& request : some) {
      const Key& key = request.keys[dimension];
      if (Counts(request, key)) space_saving_->Add(key, kCells[request.outcome & outcomes_]);
    }
    requests = requests.subspan(some.size());
  }
}

// False where a SpaceSaving would have to evict, or the dictionary is full.
bool KeyTable::Admit(std::uint32_t id, std::uint32_t size) {
  if (id == KeyDictionary::kNone) return false;
  ShardUse& shard = shards_[dictionary_.shard(id)];
  if (shard.keys == limits_.keys || shard.text + size > limits_.text) return false;
  ++shard.keys;
  shard.text += size;
  ReserveIds(ids_.size() + 1);
  ids_.push_back(id);
  return true;
}

// Doubles, but never beyond what can be needed.
void KeyTable::ReserveIds(std::size_t count) {
  if (count <= ids_.capacity()) return;
  ids_.reserve(std::min<std::size_t>(std::max<std::size_t>(64, 2 * count), limits_.keys * kShards));
}

void KeyTable::BecomeSpaceSaving() {
  space_saving_ = spare_ != nullptr ? spare_->Take(max_keys_) : std::make_unique<SpaceSaving>(max_keys_);
  for (const std::uint32_t id : ids_) space_saving_->Add(dictionary_.key(id), cells_.cell(id));
  Forget();
}

void KeyTable::Forget() {
  ForEachId([this](std::uint32_t id) { cells_.Clear(id); });
  ids_.clear();
  shards_.fill(ShardUse());
  room_ = 0;
  requests_ = 0;
}

void KeyTable::Clear() {
  Forget();
  if (space_saving_ && spare_ != nullptr) spare_->Give(std::move(space_saving_));
  space_saving_.reset();
}

void ForgetUnused(KeyDictionary* dictionary, const std::vector<KeyTable*>& tables) {
  if (!dictionary->IsHalfFull()) return;
  std::vector<bool> used(dictionary->size(), false);
  for (const KeyTable* table : tables) {
    for (const std::uint32_t id : table->ids_) used[id] = true;
  }
  if (!dictionary->IsHalfUnused(used)) return;
  const std::vector<std::uint32_t> renamed = dictionary->Keep(used);
  for (KeyTable* table : tables) {
    // Ids only become smaller, so in their order every one finds its place empty.
    std::vector<std::uint32_t> ascending = table->ids_;
    std::sort(ascending.begin(), ascending.end());
    for (const std::uint32_t id : ascending) table->cells_.Move(id, renamed[id]);
    for (std::uint32_t& id : table->ids_) id = renamed[id];
  }
}

}  // namespace socklog
