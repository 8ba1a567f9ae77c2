#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "key_streams.h"
#include "naive_space_saving.h"
#include "support/catch.h"

namespace socklog::testing {
namespace {

// Empty if the key is not there. *missing: an upper bound of its requests that the table does not know.
std::optional<Cell> Find(const SpaceSaving& table, const std::string& key, std::uint64_t* missing) {
  std::optional<Cell> found;
  *missing = table.LargestEvicted(ShardOf(key));
  table.ForEach([&](const Key& there, const Cell& cell, std::uint64_t inherited) {
    if (there.text() != key) return;
    found = cell;
    *missing = inherited;
  });
  return found;
}

}  // namespace

TEST_CASE("a table is the naive one, line by line") {
  const Stream stream = GENERATE(from_range(kAllStreams));
  const std::uint64_t max_keys = GENERATE(64u, 256u, 640u, 6400u);
  CAPTURE(static_cast<int>(stream), max_keys);
  SplitMix64 random(static_cast<std::uint64_t>(stream) * 100 + max_keys);
  SpaceSaving table(max_keys);
  NaiveSpaceSaving naive(max_keys);
  for (int round = 0; round < 2; ++round) {  // the second time after Clear
    for (int i = 0; i < 8000; ++i) {
      const std::string key = RandomKey(stream, &random);
      const Cell delta = Requests(1 + random.Below(3), random.Below(2));
      table.Add(KeyOf(key), delta);
      naive.Add(key, delta);
      if (i % 500 != 0) continue;
      REQUIRE(All(table) == naive.All());
    }
    REQUIRE(All(table) == naive.All());
    REQUIRE(table.evicted() == naive.evicted());
    REQUIRE(table.size() == naive.All().size());
    table.Clear();
    REQUIRE(table.size() == 0);
    REQUIRE(table.evicted() == 0);
    REQUIRE(All(table).empty());
    naive = NaiveSpaceSaving(max_keys);
  }
}

TEST_CASE("count_error bounds what is missing, and a frequent key is never lost") {
  const Stream stream =
      GENERATE(Stream::kSkewed, Stream::kAllDistinct, Stream::kLongKeys, Stream::kMixedLengths, Stream::kOneShard);
  const std::uint64_t max_keys = GENERATE(64u, 640u);
  CAPTURE(static_cast<int>(stream), max_keys);
  SplitMix64 random(static_cast<std::uint64_t>(stream) + max_keys);
  SpaceSaving table(max_keys);
  std::map<std::string, std::uint64_t> truth;
  std::map<std::uint64_t, std::uint64_t> shard_requests;
  const auto add = [&](const std::string& key) {
    table.Add(KeyOf(key), Requests(1));
    ++truth[key];
    ++shard_requests[Hash64(key) >> 58];
  };
  for (int i = 0; i < 20000; ++i) add(i % 10 == 0 ? "/frequent" : RandomKey(stream, &random));
  const std::uint64_t shard_keys = max_keys / 64;
  for (const auto& [key, count] : truth) {
    std::uint64_t missing = 0;
    const std::optional<Cell> cell = Find(table, key, &missing);
    const std::uint64_t known = cell ? cell->requests : 0;
    CAPTURE(key, known, missing, count);
    REQUIRE(known <= count);
    REQUIRE(known + missing >= count);
    // The longest keys leave room for a quarter of the keys (at least one), so the promise is by what is there then.
    const std::uint64_t smallest_table = std::max<std::uint64_t>(1, shard_keys / 4 - (shard_keys >= 8 ? 1 : 0));
    if (count > shard_requests[Hash64(key) >> 58] / smallest_table) REQUIRE(cell);
  }
}

TEST_CASE("a key that comes back after an eviction by length knows what it lost") {
  SpaceSaving table(64 * 8);  // eight keys a shard, 512 bytes of text
  std::vector<std::string> keys;
  for (std::uint64_t i = 0; i < 7; ++i) keys.push_back(ShardKey(i));
  std::vector<std::string> longs;
  for (int i = 0; longs.size() < 2; ++i) {
    std::string key = std::to_string(i) + std::string(250, 'x');
    if (Hash64(key) >> 58 == 0) longs.push_back(std::move(key));
  }
  for (const std::string& key : keys) table.Add(KeyOf(key), Requests(5));
  for (const std::string& key : longs) table.Add(KeyOf(key), Requests(9));  // the second one pushes all short ones out
  for (const std::string& key : keys)
    table.Add(KeyOf(key), Requests(1));  // the first of them a long one; the others find room
  for (const std::string& key : keys) {
    std::uint64_t missing = 0;
    const std::optional<Cell> cell = Find(table, key, &missing);
    const std::uint64_t known = cell ? cell->requests : 0;
    CAPTURE(key, known, missing);
    CHECK(known + missing >= 6);
  }
}

TEST_CASE("ties are broken by the key's bytes") {
  for (const bool ascending : {true, false}) {
    SpaceSaving table(64);  // one key a shard
    const std::string first = ShardKey(ascending ? 0 : 1);
    const std::string second = ShardKey(ascending ? 1 : 0);
    table.Add(KeyOf(first), Requests(1));
    table.Add(KeyOf(second), Requests(1));  // evicts the only one, inherits 1
    std::uint64_t missing = 0;
    CHECK_FALSE(Find(table, first, &missing));
    CHECK(missing == 1);
    REQUIRE(Find(table, second, &missing));
    CHECK(missing == 1);
  }
  SpaceSaving table(128);  // two keys a shard
  std::vector<std::string> keys = {ShardKey(0), ShardKey(1), ShardKey(2)};
  std::sort(keys.begin(), keys.end());
  table.Add(KeyOf(keys[1]), Requests(1));
  table.Add(KeyOf(keys[0]), Requests(1));
  table.Add(KeyOf(keys[2]), Requests(1));
  std::uint64_t missing = 0;
  CHECK_FALSE(Find(table, keys[0], &missing));
  CHECK(Find(table, keys[1], &missing));
  CHECK(Find(table, keys[2], &missing));
}

TEST_CASE("keys of any bytes and of every length") {
  SpaceSaving table(6400);
  std::map<std::string, std::uint64_t> truth;
  for (std::size_t size = 0; size <= kLargestKey; ++size) {
    for (const char byte : {'a', '\0', '\xff', '\xdb'}) ++truth[std::string(size, byte)];
  }
  for (const auto& [key, count] : truth) table.Add(KeyOf(key), Requests(count));
  for (const auto& [key, count] : truth) {
    std::uint64_t missing = 0;
    const std::optional<Cell> cell = Find(table, key, &missing);
    if (missing > 0) continue;  // its shard was full
    REQUIRE(cell);
    CHECK(cell->requests == count);
  }
}

}  // namespace socklog::testing
