#include "sketch/key_table.h"

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "key_streams.h"
#include "naive_space_saving.h"
#include "support/catch.h"

namespace socklog::testing {
namespace {

struct Row {
  std::string key;
  Cell cell;
  std::uint64_t count_error = 0;

  friend bool operator==(const Row&, const Row&) = default;
};

template <typename Table>
std::vector<Row> Rows(const Table& table) {
  std::vector<Row> rows;
  table.ForEach([&](const Key& key, const Cell& cell, std::uint64_t error) {
    rows.push_back({std::string(key.text()), cell, error});
  });
  return rows;
}

// A table, and what it must be equal to.
struct Pair {
  KeyTable table;
  SpaceSaving reference;

  Pair(std::uint64_t max_keys, KeyDictionary* dictionary, std::uint64_t most_requests,
       SpareSpaceSavings* spare = nullptr)
      : table(max_keys, dictionary, kAllOutcomes, spare, most_requests), reference(max_keys) {}

  void Add(const std::vector<Request>& requests, Dimension dimension) {
    table.Add(requests, dimension);
    AddToReference(requests, dimension);
  }
  void AddWithIds(const std::vector<Request>& requests, Dimension dimension, const std::uint32_t* ids) {
    table.Add(requests, dimension, ids);
    AddToReference(requests, dimension);
  }
  void AddToReference(const std::vector<Request>& requests, Dimension dimension) {
    for (const Request& request : requests) {
      const Key& key = request.keys[KeyedIndex(dimension)];
      if (key.size > 0 && !request.ignored) reference.Add(key, CellOfOutcome(request.outcome));
    }
  }
  void Clear() {
    table.Clear();
    reference.Clear();
  }
  void RequireEqual() const {
    REQUIRE(Rows(table) == Rows(reference));
    REQUIRE(table.size() == reference.size());
    REQUIRE(table.evicted() == reference.evicted());
  }
};

std::vector<std::string> RandomKeys(Stream stream, SplitMix64* random) {
  std::vector<std::string> keys(random->Below(200));
  for (std::string& key : keys) {
    if (random->Below(20) > 0) key = RandomKey(stream, random);
  }
  return keys;
}

std::vector<Request> RequestsOf(const std::vector<std::string>& keys, Dimension dimension, SplitMix64* random) {
  std::vector<Request> requests(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    requests[i].keys[KeyedIndex(dimension)] = KeyOf(keys[i]);
    // As in a log, most have nothing but an error or none.
    requests[i].outcome = static_cast<std::uint8_t>(random->Below(random->Below(10) == 0 ? kOutcomes : 2));
    requests[i].ignored = random->Below(20) == 0;
  }
  return requests;
}

}  // namespace

TEST_CASE("tables that share a dictionary say what Space-Saving says, run by run") {
  const Stream stream = GENERATE(from_range(kAllStreams));
  const std::uint64_t max_keys = GENERATE(64u, 256u, 6400u);
  const std::uint64_t most_requests = GENERATE(std::uint64_t{1000}, DenseCells::kMostRequests);
  const auto dimension = GENERATE(Dimension::kUrl, Dimension::kUser, Dimension::kClient);
  CAPTURE(static_cast<int>(stream), max_keys, most_requests, static_cast<int>(dimension));
  SplitMix64 random(static_cast<std::uint64_t>(stream) * 100 + max_keys);
  KeyDictionary dictionary(max_keys);
  std::vector<std::unique_ptr<Pair>> pairs;
  std::vector<KeyTable*> tables;
  for (std::size_t i = 0; i < KeyDictionary::kColumns + 2; ++i) {  // some are not beside the keys
    pairs.push_back(std::make_unique<Pair>(max_keys, &dictionary, most_requests));
    tables.push_back(&pairs.back()->table);
  }
  std::uint64_t exact = 0;
  for (int run = 0; run < 150; ++run) {
    Pair& pair = *pairs[random.Below(pairs.size())];
    const std::vector<std::string> keys = RandomKeys(stream, &random);
    pair.Add(RequestsOf(keys, dimension, &random), dimension);
    pair.RequireEqual();
    if (pair.table.is_exact()) ++exact;
    if (random.Below(8) > 0) continue;
    pair.Clear();
    pair.RequireEqual();
    ForgetUnused(&dictionary, tables);
    for (const auto& other : pairs) other->RequireEqual();
  }
  CHECK(dictionary.size() <= dictionary.max_ids());
  if (most_requests > 1000 && stream == Stream::kFew && max_keys == 6400) CHECK(exact == 150);
}

TEST_CASE("ids that were looked up long before, or are wrong, only cost time") {
  const Stream stream = GENERATE(from_range(kAllStreams));
  CAPTURE(static_cast<int>(stream));
  SplitMix64 random(static_cast<std::uint64_t>(stream));
  KeyDictionary dictionary(640);
  Pair pair(640, &dictionary, DenseCells::kMostRequests);
  std::array<std::uint32_t, 200> ids{};
  for (int run = 0; run < 50; ++run) {
    const std::vector<Request> requests = RequestsOf(RandomKeys(stream, &random), Dimension::kUser, &random);
    if (run % 3 == 0) dictionary.LookUp(requests, KeyedIndex(Dimension::kUser), ids.data());
    if (run % 3 == 1) ids[random.Below(ids.size())] = static_cast<std::uint32_t>(random.Next());
    pair.AddWithIds(requests, Dimension::kUser, ids.data());
    pair.RequireEqual();
  }
}

TEST_CASE("a table that was given a spare Space-Saving says what a new one says") {
  const Stream stream = GENERATE(from_range(kAllStreams));
  CAPTURE(static_cast<int>(stream));
  SplitMix64 random(static_cast<std::uint64_t>(stream));
  KeyDictionary dictionary(64);
  SpareSpaceSavings spare;
  for (int run = 0; run < 20; ++run) {
    Pair pair(64, &dictionary, 300, &spare);
    for (int i = 0; i < 5; ++i)
      pair.Add(RequestsOf(RandomKeys(stream, &random), Dimension::kUrl, &random), Dimension::kUrl);
    pair.RequireEqual();
    pair.Clear();
    pair.RequireEqual();
  }
}

TEST_CASE("counters of 32 bits are left before they overflow") {
  KeyDictionary dictionary(64);
  KeyTable table(64, &dictionary, kAllOutcomes, nullptr, 10);
  for (int i = 0; i < 10; ++i) AddUrl("/", &table, kOutcomeError | kOutcomeNotFound);
  CHECK(table.is_exact());
  AddUrl("/", &table);
  CHECK_FALSE(table.is_exact());
  REQUIRE(Rows(table).size() == 1);
  CHECK(Rows(table)[0].cell == Cell{11, 10, 0, 0, 0, 10});
  CHECK(table.evicted() == 0);
}

TEST_CASE("only the outcomes that are asked for are counted") {
  KeyDictionary dictionary(64);
  const std::uint64_t most_exact = GENERATE(std::uint64_t{1}, DenseCells::kMostRequests);
  KeyTable table(64, &dictionary, kOutcomeError | kOutcomeNotFound, nullptr, most_exact);
  for (int i = 0; i < 3; ++i) AddUrl("/", &table, kAllOutcomes);
  REQUIRE(table.is_exact() == (most_exact > 3));
  REQUIRE(Rows(table).size() == 1);
  CHECK(Rows(table)[0].cell == Cell{3, 3, 0, 0, 0, 3});
}

TEST_CASE("a few tables count beside the keys, and leave nothing there for the next one") {
  KeyDictionary dictionary(64);
  std::vector<std::unique_ptr<KeyTable>> tables;
  for (std::size_t i = 0; i <= KeyDictionary::kColumns; ++i) {
    tables.push_back(std::make_unique<KeyTable>(64, &dictionary));
    CHECK(tables.back()->is_beside_keys() == (i < KeyDictionary::kColumns));
    for (std::size_t n = 0; n <= i; ++n) AddUrl("/", tables.back().get(), kOutcomeError | kOutcomeNotFound);
  }
  for (std::size_t i = 0; i < tables.size(); ++i) {
    REQUIRE(Rows(*tables[i]).size() == 1);
    CHECK(Rows(*tables[i])[0].cell == Cell{i + 1, i + 1, 0, 0, 0, i + 1});
  }
  tables[1].reset();
  const KeyTable next(64, &dictionary);
  CHECK(next.is_beside_keys());
  CHECK(Rows(next).empty());
  CHECK(Rows(*tables[0]).size() == 1);
}

TEST_CASE("what is missing of a key that was evicted is known") {
  KeyDictionary dictionary(64);
  KeyTable table(64, &dictionary);
  const std::string first = ShardKey(0);
  AddUrl(first, &table);
  CHECK(table.LargestEvicted(ShardOf(first)) == 0);
  AddUrl(ShardKey(1), &table);  // the only place of the shard
  CHECK(table.LargestEvicted(ShardOf(first)) == 1);
}

// An attacker's keys, each new, between those of one that must be seen.
TEST_CASE("a frequent key is never lost, whatever comes between") {
  const Stream stream = GENERATE(from_range(kAllStreams));
  const std::uint64_t max_keys = GENERATE(64u, 640u);
  CAPTURE(static_cast<int>(stream), max_keys);
  SplitMix64 random(static_cast<std::uint64_t>(stream) + max_keys);
  KeyDictionary dictionary(max_keys);
  std::vector<std::unique_ptr<KeyTable>> tables;
  for (std::size_t i = 0; i < KeyDictionary::kColumns + 2; ++i)
    tables.push_back(std::make_unique<KeyTable>(max_keys, &dictionary));
  for (int window = 0; window < 10; ++window) {  // each after another has filled the dictionary
    KeyTable& table = *tables[static_cast<std::size_t>(window) % tables.size()];
    table.Clear();
    std::map<std::string, std::uint64_t> truth;
    for (int i = 0; i < 6000; ++i) {
      const std::string key = i % 3 == 0 ? "/frequent" : RandomKey(stream, &random);
      AddUrl(key, &table);
      ++truth[key];
    }
    bool is_there = false;
    table.ForEach([&](const Key& key, const Cell& cell, std::uint64_t error) {
      const std::uint64_t count = truth[std::string(key.text())];
      REQUIRE(cell.requests <= count);
      REQUIRE(cell.requests + error >= count);
      if (key.text() == "/frequent") is_there = true;
    });
    CHECK(is_there);
  }
}

TEST_CASE("a dictionary is emptied of what nobody counts any more") {
  KeyDictionary dictionary(256);
  KeyTable open(256, &dictionary);
  KeyTable closed(256, &dictionary);
  AddUrl("/open", &open);
  for (int i = 0; dictionary.size() < dictionary.max_ids() && i < 10'000; ++i) {
    AddUrl("/" + std::to_string(i), &closed);
    if (!closed.is_exact()) closed.Clear();
  }
  closed.Clear();
  ForgetUnused(&dictionary, {&open, &closed});
  CHECK(dictionary.size() == 1);
  AddUrl("/open", &open);
  AddUrl("/later", &open);
  CHECK(Rows(open) == std::vector<Row>{{"/open", {2, 0, 0, 0, 0, 0}, 0}, {"/later", {1, 0, 0, 0, 0, 0}, 0}});
}

}  // namespace socklog::testing
