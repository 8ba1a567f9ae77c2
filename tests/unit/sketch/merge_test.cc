#include <algorithm>
#include <map>
#include <memory>
#include <vector>

#include "naive_key_table.h"
#include "support/catch.h"

namespace socklog::testing {
namespace {

struct Merged {
  NaiveEntries entries;
  std::uint64_t evicted = 0;

  friend bool operator==(const Merged&, const Merged&) = default;
};

Merged Merge(const std::vector<const KeyTable*>& tables, std::uint64_t max_keys) {
  DimensionReport report;
  report.keys.resize(3);  // of an earlier window
  report.evicted = 7;
  MergeTables(tables, max_keys, &report);
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
  KeyTable table(64);
  for (int i = 0; i < 500; ++i) table.Add(std::to_string(i % 90), Requests(1));
  const Merged merged = Merge({&table}, 64);
  CHECK(merged.entries == All(table));
  CHECK(merged.evicted == table.evicted());
}

TEST_CASE("the report has at most max_keys keys, the largest, ties by the smaller key") {
  KeyTable a(6400), b(6400);
  for (int i = 0; i < 100; ++i) a.Add("a" + std::to_string(100 + i), Requests(1));
  b.Add("a150", Requests(1));
  b.Add("b", Requests(5));
  Merged merged = Merge({&a, &b}, 3);
  CHECK(merged.evicted == 98);
  std::vector<std::string> keys;
  for (const auto& [key, entry] : merged.entries) keys.push_back(key);
  CHECK(keys == std::vector<std::string>{"a100", "a150", "b"});
  CHECK(Merge({&a}, 2).entries.size() == 2);
}

TEST_CASE("tables in any order give the same, and errors bound what is missing") {
  const std::uint64_t max_keys = GENERATE(64u, 256u, 3200u);
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    CAPTURE(max_keys, seed);
    SplitMix64 random(seed);
    std::vector<std::unique_ptr<KeyTable>> owned;
    std::vector<const KeyTable*> tables;
    std::map<std::string, Cell> truth;
    for (int t = 0; t < 4; ++t) {
      owned.push_back(std::make_unique<KeyTable>(max_keys));
      tables.push_back(owned.back().get());
      for (std::uint64_t i = random.Below(3000); i > 0; --i) {
        const std::string key =
            std::string(random.Below(4) * 60, 'z') + std::to_string(random.Below(1 + random.Below(900)));
        const Cell delta = Requests(1, random.Below(2));
        owned.back()->Add(key, delta);
        truth[key] += delta;
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
