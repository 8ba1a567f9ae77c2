#include "sketch/key_dictionary.h"

#include <algorithm>
#include <cstring>

namespace socklog {
namespace {

constexpr std::size_t kSmallestSlots = 1024;

// A table of so many slots may hold so many keys: fuller than others, since a look-up that goes on meets its next slots
// in the same or the next cache line.
constexpr std::uint64_t KeysIn(std::uint64_t slots) { return slots * 4 / 5; }

// The least power of two that will do.
std::uint64_t SlotsFor(std::uint64_t keys) {
  std::uint64_t slots = 1;
  while (KeysIn(slots) < keys) slots *= 2;
  return slots;
}

}  // namespace

KeyDictionary::KeyDictionary(std::uint64_t max_keys)
    : max_ids_(KeysIn(SlotsFor(max_keys))), max_text_(std::max(max_ids_ * kTextBytesPerKey, 2 * kLargestKey)) {
  FillSlots(std::min<std::size_t>(kSmallestSlots, SlotsFor(max_keys)));
}

std::uint64_t KeyDictionary::MemoryBound(std::uint64_t max_keys) {
  const std::uint64_t slots = SlotsFor(max_keys);
  return sizeof(KeyDictionary) + slots * sizeof(Slot) + KeysIn(slots) * (sizeof(Id) + kTextBytesPerKey) +
         2 * kLargestKey;
}

std::uint32_t KeyDictionary::Intern(const Key& key) {
  const auto tag = static_cast<std::uint32_t>(key.hash >> 32);
  std::size_t at = Home(key.hash);
  for (; slots_[at].number != 0; at = (at + 1) & mask_) {
    const Slot& slot = slots_[at];
    if (slot.tag == tag && slot.size == key.size && Holds(slot, key)) return slot.number - 1;
  }
  return Insert(key, at);
}

std::uint32_t KeyDictionary::Insert(const Key& key, std::size_t slot) {
  if (!MakeRoom(key.size)) return kNone;
  const auto id = static_cast<std::uint32_t>(ids_.size());
  ids_.push_back(
      {key.hash, static_cast<std::uint32_t>(text_.size()), static_cast<std::uint16_t>(key.size), ShardOf(key.text())});
  text_.insert(text_.end(), key.data, key.data + key.size);
  if (ids_.size() > KeysIn(slots_.size())) {
    FillSlots(2 * slots_.size());  // takes in the new one, too
  } else {
    FillSlot(id, slot);
  }
  return id;
}

void KeyDictionary::FillSlot(std::uint32_t id, std::size_t at) {
  const Id& known = ids_[id];
  Slot& slot = slots_[at];
  slot = {static_cast<std::uint32_t>(known.hash >> 32), id + 1, known.text, known.size, known.shard, {}};
  std::memcpy(slot.head.data(), text_.data() + known.text, std::min<std::size_t>(kHead, known.size));
}

// Vectors double, but never beyond what can be needed.
bool KeyDictionary::MakeRoom(std::size_t size) {
  if (ids_.size() == max_ids_ || text_.size() + size > max_text_) return false;
  if (ids_.size() == ids_.capacity())
    ids_.reserve(std::min<std::size_t>(max_ids_, std::max(2 * ids_.size(), kSmallestSlots / 2)));
  if (text_.size() + size > text_.capacity()) {
    text_.reserve(std::min<std::size_t>(
        max_text_, std::max(2 * (text_.size() + size), kSmallestSlots / 2 * std::size_t{kTextBytesPerKey})));
  }
  return true;
}

void KeyDictionary::FillSlots(std::size_t count) {
  if (slots_.size() != count) slots_ = std::vector<Slot>();
  slots_.assign(count, Slot());
  mask_ = count - 1;
  for (std::uint32_t id = 0; id < ids_.size(); ++id) {
    std::size_t at = Home(ids_[id].hash);
    while (slots_[at].number != 0) at = (at + 1) & mask_;
    FillSlot(id, at);
  }
}

std::vector<std::uint32_t> KeyDictionary::Keep(const std::vector<bool>& used) {
  std::vector<std::uint32_t> renamed(ids_.size(), kNone);
  std::uint32_t kept = 0;
  std::size_t end = 0;  // of the text that is kept; ids and text are in the same order, so both move down in place
  for (std::size_t id = 0; id < ids_.size(); ++id) {
    if (!used[id]) continue;
    Id moved = ids_[id];
    std::memmove(text_.data() + end, text_.data() + moved.text, moved.size);
    moved.text = static_cast<std::uint32_t>(end);
    end += moved.size;
    ids_[kept] = moved;
    renamed[id] = kept++;
  }
  ids_.resize(kept);
  text_.resize(end);
  FillSlots(slots_.size());
  return renamed;
}

}  // namespace socklog
