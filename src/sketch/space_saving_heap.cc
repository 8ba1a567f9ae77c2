// Which key of a shard has the smallest count, ties by the key's bytes: a heap of four children a node, since a step
// down costs a wait for memory.
#include <algorithm>

#include "sketch/space_saving.h"

namespace socklog {
namespace {

constexpr std::size_t kChildren = 4;

}  // namespace

// Eight bytes of the text, from `shared` on, as a number in the order of texts; a text that is shorter ends in zeros.
std::uint64_t SpaceSaving::PartOf(std::string_view text, std::size_t shared) {
  std::uint64_t part = 0;
  for (std::size_t i = shared; i < shared + 8; ++i)
    part = part << 8 | (i < text.size() ? static_cast<unsigned char>(text[i]) : 0u);
  return part;
}

bool SpaceSaving::Less(const Node& a, const Node& b) const {
  if (a.count != b.count) return a.count < b.count;
  if (a.part != b.part) return a.part < b.part;
  return TextOf(entries_[a.entry]) < TextOf(entries_[b.entry]);
}

void SpaceSaving::Place(Shard* shard, std::size_t slot, const Node& node) {
  shard->members[slot] = node;
  heap_slots_[node.entry] = static_cast<std::uint32_t>(slot);
}

void SpaceSaving::SiftDown(Shard* shard, std::size_t slot) {
  const std::vector<Node>& heap = shard->members;
  const Node moving = heap[slot];
  for (;;) {
    const std::size_t first = kChildren * slot + 1;
    if (first >= heap.size()) break;
    std::size_t smallest = first;
    for (std::size_t child = first + 1; child < std::min(first + kChildren, heap.size()); ++child) {
      if (Less(heap[child], heap[smallest])) smallest = child;
    }
    if (!Less(heap[smallest], moving)) break;
    Place(shard, slot, heap[smallest]);
    slot = smallest;
  }
  Place(shard, slot, moving);
}

void SpaceSaving::SiftUp(Shard* shard, std::size_t slot) {
  const std::vector<Node>& heap = shard->members;
  const Node moving = heap[slot];
  while (slot > 0) {
    const std::size_t parent = (slot - 1) / kChildren;
    if (!Less(moving, heap[parent])) break;
    Place(shard, slot, heap[parent]);
    slot = parent;
  }
  Place(shard, slot, moving);
}

// REQUIRES: the shard has members.
void SpaceSaving::MakeHeap(Shard* shard) {
  std::vector<Node>& heap = shard->members;
  const std::string_view first = TextOf(entries_[heap.front().entry]);
  std::copy(first.begin(), first.end(), shard->shared_text.begin());
  shard->shared = first.size();
  for (const Node& node : heap) shard->shared = SharedWith(*shard, TextOf(entries_[node.entry]));
  for (std::size_t slot = 0; slot < heap.size(); ++slot) {
    const Entry& entry = entries_[heap[slot].entry];
    Place(shard, slot, {CountOf(entry), PartOf(TextOf(entry), shard->shared), heap[slot].entry});
  }
  for (std::size_t slot = heap.size() / 2; slot-- > 0;) SiftDown(shard, slot);
  shard->is_heap = true;
}

// How many of the bytes that the members share are the first ones of `text`, too.
std::size_t SpaceSaving::SharedWith(const Shard& shard, std::string_view text) {
  const auto end = text.begin() + static_cast<std::ptrdiff_t>(std::min(shard.shared, text.size()));
  return static_cast<std::size_t>(std::mismatch(text.begin(), end, shard.shared_text.begin()).first - text.begin());
}

// Takes in the last member.
void SpaceSaving::PushHeap(Shard* shard) {
  Node& node = shard->members.back();
  const Entry& entry = entries_[node.entry];
  const std::string_view text = TextOf(entry);
  const std::size_t shared = SharedWith(*shard, text);
  if (shared < shard->shared) {
    shard->shared = shared / 2;  // at once by half, so that nobody can bring it down byte by byte
    for (Node& member : shard->members) member.part = PartOf(TextOf(entries_[member.entry]), shard->shared);
  }
  node.count = CountOf(entry);
  node.part = PartOf(text, shard->shared);
  SiftUp(shard, shard->members.size() - 1);
}

// Removes the first member, the smallest.
void SpaceSaving::PopHeap(Shard* shard) {
  const Node last = shard->members.back();
  shard->members.pop_back();
  if (shard->members.empty()) return;
  Place(shard, 0, last);
  SiftDown(shard, 0);
}

}  // namespace socklog
