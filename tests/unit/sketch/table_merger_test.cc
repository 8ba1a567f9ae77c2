#include "sketch/table_merger.h"

#include <algorithm>
#include <map>
#include <memory>
#include <vector>

#include "naive_space_saving.h"
#include "support/catch.h"

namespace socklog::testing {
namespace {

struct Merged {
  NaiveEntries entries;
  std::uint64_t evicted = 0;

  friend bool operator==(const Merged&, const Merged&) = default;
};

Merged Merge(const std::vector<const KeyTable*>& tables, std::uint64_t max_keys, std::uint64_t least_requests = 0) {
  DimensionReport report;
  report.keys.resize(3);  // of an earlier window
  report.evicted = 7;
  TableMerger().Merge(tables, {max_keys, least_requests}, &report);
  Merged merged;
  for (const KeyedCell& keyed : report.keys) {
    const auto [place, is_new] =
        merged.entries.try_emplace(std::string(keyed.key), NaiveEntry{keyed.cell, keyed.count_error});
    if (!is_new) FAIL("a key is there twice: " << keyed.key);
  }
  merged.evicted = report.evicted;
  return merged;
}

}  // namespace

TEST_CASE("nothing to merge") { CHECK(Merge({}, 64) == Merged{}); }

TEST_CASE("one table comes out as it is") {
  KeyDictionary dictionary(64);
  KeyTable table(64, &dictionary);
  for (int i = 0; i < 500; ++i) AddUrl(std::to_string(i % 90), &table);
  const Merged merged = Merge({&table}, 64);
  CHECK(merged.entries == All(table));
  CHECK(merged.evicted == table.evicted());
}

TEST_CASE("the report has at most max_keys keys, the largest, ties by the smaller key") {
  KeyDictionary dictionary(6400);
  KeyTable a(6400, &dictionary), b(6400, &dictionary);
  for (int i = 0; i < 100; ++i) AddUrl("a" + std::to_string(100 + i), &a);
  AddUrl("a150", &b);
  for (int i = 0; i < 5; ++i) AddUrl("b", &b);
  Merged merged = Merge({&a, &b}, 3);
  CHECK(merged.evicted == 98);
  std::vector<std::string> keys;
  for (const auto& [key, entry] : merged.entries) keys.push_back(key);
  CHECK(keys == std::vector<std::string>{"a100", "a150", "b"});
  CHECK(Merge({&a}, 2).entries.size() == 2);
}

TEST_CASE("keys with few requests are left out, but for the largest where no other is left") {
  KeyDictionary dictionary(64);
  KeyTable a(64, &dictionary), b(64, &dictionary), full(64, &dictionary);
  for (int i = 0; i < 12; ++i) AddUrl("common", &a);
  for (int i = 0; i < 8; ++i) AddUrl("half", i % 2 == 0 ? &a : &b);
  for (int i = 0; i < 3; ++i) AddUrl("rare", &b);
  for (int i = 0; i < 900; ++i) AddUrl(std::to_string(i * i % 101), &full);
  REQUIRE_FALSE(full.is_exact());
  const std::vector<std::vector<const KeyTable*>> inputs = {{&a}, {&b}, {&a, &b}, {&full}, {&a, &full}, {}};
  for (const auto& tables : inputs) {
    const Merged all = Merge(tables, 1000);
    for (const std::uint64_t least : {1u, 4u, 5u, 9u, 14u, 1000u}) {
      CAPTURE(least, tables.size());
      const Merged merged = Merge(tables, 1000, least);
      CHECK(merged.evicted == all.evicted);
      std::uint64_t most = 0;
      for (const auto& [key, entry] : all.entries) most = std::max(most, entry.cell.requests);
      if (least > most) {
        CHECK(merged.entries.size() == std::min<std::size_t>(1, all.entries.size()));
        for (const auto& [key, entry] : merged.entries) CHECK(entry.cell.requests == most);
        continue;
      }
      NaiveEntries expected = all.entries;
      std::erase_if(expected, [=](const auto& item) { return item.second.cell.requests < least; });
      CHECK(merged.entries == expected);
    }
  }
}

// Keys in the order in which the tables, one after the other, admitted them; counts by their text.
TEST_CASE("a merge is the sum by text, in the order of the tables") {
  const std::uint64_t max_keys = GENERATE(64u, 256u, 6400u);
  TableMerger merger;
  KeyDictionary dictionary(max_keys);
  DimensionReport report;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    CAPTURE(max_keys, seed);
    SplitMix64 random(seed);
    std::vector<std::unique_ptr<KeyTable>> owned;
    std::vector<const KeyTable*> tables;
    for (std::uint64_t t = random.Below(5); t > 0; --t) {
      owned.push_back(std::make_unique<KeyTable>(max_keys, &dictionary));
      tables.push_back(owned.back().get());
      // Some tables evict, some do not.
      for (std::uint64_t i = random.Below(random.Below(2) == 0 ? 40 : 2000); i > 0; --i)
        AddUrl(std::to_string(random.Below(1 + random.Below(900))), owned.back().get(),
               static_cast<std::uint8_t>(random.Below(kOutcomes)));
    }
    std::vector<std::string> order;
    std::map<std::string, Cell> sums;
    for (const KeyTable* table : tables) {
      table->ForEach([&](const Key& key, const Cell& cell, std::uint64_t) {
        if (sums.try_emplace(std::string(key.text())).second) order.emplace_back(key.text());
        sums[std::string(key.text())] += cell;
      });
    }
    std::map<std::string, std::uint64_t> missing;
    for (const KeyTable* table : tables) {
      const NaiveEntries all = All(*table);
      for (const std::string& key : order)
        missing[key] += all.count(key) > 0 ? all.at(key).count_error : table->LargestEvicted(ShardOf(key));
    }
    merger.Merge(tables, {.max_keys = 1'000'000}, &report);
    REQUIRE(report.keys.size() == order.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
      REQUIRE(report.keys[i].key == order[i]);
      REQUIRE(report.keys[i].cell == sums[order[i]]);
      REQUIRE(report.keys[i].count_error == missing[order[i]]);
    }
    std::vector<KeyTable*> in_use;
    for (const auto& table : owned) in_use.push_back(table.get());
    for (KeyTable* table : in_use) table->Clear();
    ForgetUnused(&dictionary, in_use);
  }
}

TEST_CASE("tables in any order give the same, and errors bound what is missing") {
  const std::uint64_t max_keys = GENERATE(64u, 256u, 3200u);
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    CAPTURE(max_keys, seed);
    SplitMix64 random(seed);
    KeyDictionary dictionary(max_keys);
    std::vector<std::unique_ptr<KeyTable>> owned;
    std::vector<const KeyTable*> tables;
    std::map<std::string, Cell> truth;
    for (int t = 0; t < 4; ++t) {
      owned.push_back(std::make_unique<KeyTable>(max_keys, &dictionary));
      tables.push_back(owned.back().get());
      for (std::uint64_t i = random.Below(3000); i > 0; --i) {
        const std::string key =
            std::string(random.Below(4) * 60, 'z') + std::to_string(random.Below(1 + random.Below(900)));
        const auto outcome = static_cast<std::uint8_t>(random.Below(2));
        AddUrl(key, owned.back().get(), outcome);
        truth[key] += CellOfOutcome(outcome);
      }
    }
    const Merged merged = Merge(tables, max_keys);
    CHECK(merged.entries.size() <= max_keys);
    for (const auto& [key, entry] : merged.entries) {
      REQUIRE(entry.cell.requests <= truth[key].requests);
      REQUIRE(entry.cell.errors <= truth[key].errors);
      REQUIRE(entry.cell.requests + entry.count_error >= truth[key].requests);
    }
    std::sort(tables.begin(), tables.end());  // so that every order is seen
    do {
      REQUIRE(Merge(tables, max_keys) == merged);
    } while (std::next_permutation(tables.begin(), tables.end()));
  }
}

}  // namespace socklog::testing
