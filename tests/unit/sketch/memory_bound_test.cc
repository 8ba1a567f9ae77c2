// --max-memory is a promise: no table takes more than was computed before the first line. Counts what is allocated.
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>
#include <vector>

#include "naive_space_saving.h"
#include "sketch/table_merger.h"
#include "support/catch.h"

namespace {

std::atomic<std::uint64_t> in_use{0};
std::atomic<std::uint64_t> most_in_use{0};
std::atomic<std::size_t> largest_there_is{SIZE_MAX};  // what is larger is not given

constexpr std::size_t kHeader = alignof(std::max_align_t);

}  // namespace

namespace {

void* Allocate(std::size_t size, std::size_t header) {
  if (size > largest_there_is) throw std::bad_alloc();
  void* block = std::aligned_alloc(header, (size + 2 * header - 1) / header * header);
  if (block == nullptr) throw std::bad_alloc();
  *static_cast<std::size_t*>(block) = size;
  const std::uint64_t now = in_use += size;
  if (now > most_in_use) most_in_use = now;
  return static_cast<char*>(block) + header;
}

void Free(void* pointer, std::size_t header) {
  if (pointer == nullptr) return;
  void* block = static_cast<char*>(pointer) - header;
  in_use -= *static_cast<std::size_t*>(block);
  std::free(block);
}

}  // namespace

void* operator new(std::size_t size) { return Allocate(size, kHeader); }
void* operator new(std::size_t size, std::align_val_t header) {
  return Allocate(size, static_cast<std::size_t>(header));
}
void operator delete(void* pointer) noexcept { Free(pointer, kHeader); }
void operator delete(void* pointer, std::size_t) noexcept { Free(pointer, kHeader); }
void operator delete(void* pointer, std::align_val_t header) noexcept {
  Free(pointer, static_cast<std::size_t>(header));
}
void operator delete(void* pointer, std::size_t, std::align_val_t header) noexcept {
  Free(pointer, static_cast<std::size_t>(header));
}

namespace socklog::testing {

TEST_CASE("a table stays within its bound, whatever the keys") {
  const std::uint64_t max_keys = GENERATE(64u, 1000u, 20'000u);
  const int key_bytes = GENERATE(1, 60, 256, -1);  // -1: all lengths
  CAPTURE(max_keys, key_bytes);
  SplitMix64 random(max_keys);
  std::string key;
  key.reserve(kLargestKey);
  const std::uint64_t before = in_use;
  KeyDictionary dictionary(max_keys);
  KeyTable table(max_keys, &dictionary);
  const std::uint64_t bound = KeyTable::MemoryBound(max_keys) + KeyDictionary::MemoryBound(max_keys);
  std::uint64_t most_at_rest = 0;
  most_in_use = before;
  for (std::uint64_t i = 0; i < 20 * max_keys + 20'000; ++i) {
    key.assign(key_bytes >= 0 ? static_cast<std::size_t>(key_bytes) : random.Below(257), 'k');
    for (std::size_t at = 0; at < std::min<std::size_t>(key.size(), 8); ++at)
      key[at] = static_cast<char>('0' + random.Below(75));
    AddUrl(key, &table);
    most_at_rest = std::max<std::uint64_t>(most_at_rest, in_use - before);
  }
  CHECK(most_at_rest <= bound);
  CHECK(most_in_use - before <= bound + SpaceSaving::MemoryBound(max_keys));  // for a moment, while it packs or grows
  table.Clear();
  ForgetUnused(&dictionary, {&table});
  CHECK(in_use - before <= KeyTable::EmptyMemoryBound(max_keys) + KeyDictionary::MemoryBound(max_keys));
}

TEST_CASE("a table that finds no memory for its counters can be destroyed") {
  KeyDictionary dictionary(64);
  std::vector<std::unique_ptr<KeyTable>> tables;
  for (std::size_t i = 0; i <= KeyDictionary::kColumns; ++i)
    tables.push_back(std::make_unique<KeyTable>(64, &dictionary));
  AddUrl("/", tables.front().get());
  const Request request = RequestOf("/");
  largest_there_is = 500;
  CHECK_THROWS_AS(tables.back()->Add({&request, 1}, Dimension::kUrl), std::bad_alloc);
  tables.pop_back();
  largest_there_is = SIZE_MAX;
  CHECK(tables.front()->size() == 1);
}

TEST_CASE("a table that finds no memory for a key knows all that it counted before") {
  KeyDictionary dictionary(20'000);
  auto table = std::make_unique<KeyTable>(20'000, &dictionary);
  std::vector<std::string> texts;
  for (int i = 0; i < 2'000; ++i) texts.push_back("/" + std::to_string(i) + std::string(80, 'x'));
  std::vector<Request> requests;
  for (const std::string& text : texts) requests.push_back(RequestOf(text));
  largest_there_is = 50'000;  // too little to grow once
  CHECK_THROWS_AS(table->Add(requests, Dimension::kUrl), std::bad_alloc);
  largest_there_is = SIZE_MAX;
  CHECK(table->size() > 100);
  CHECK(table->size() == dictionary.size());
  table.reset();
  const KeyTable next(20'000, &dictionary);
  for (std::uint32_t id = 0; id < dictionary.size(); ++id) REQUIRE_FALSE(next.has(id));
}

TEST_CASE("a merge stays within its bound") {
  const std::uint64_t count = GENERATE(1u, 2u, 5u);
  const std::uint64_t max_keys = GENERATE(64u, 6400u);
  CAPTURE(count, max_keys);
  const bool all_exact = GENERATE(true, false);
  KeyDictionary dictionary(max_keys);
  std::vector<std::unique_ptr<KeyTable>> owned;
  std::vector<const KeyTable*> tables;
  for (std::uint64_t t = 0; t < count; ++t) {
    owned.push_back(std::make_unique<KeyTable>(max_keys, &dictionary));
    for (std::uint64_t i = 0; i < (all_exact ? max_keys / 8 : 3 * max_keys); ++i)
      AddUrl(std::to_string(t) + "/" + std::to_string(i), owned.back().get());
    tables.push_back(owned.back().get());
  }
  DimensionReport report;
  TableMerger merger;
  const std::uint64_t before = in_use;
  most_in_use = before;
  merger.Merge(tables, {.max_keys = max_keys}, &report);
  CHECK(most_in_use - before <= TableMerger::MemoryBound(count, max_keys) + 8192);
}

}  // namespace socklog::testing
