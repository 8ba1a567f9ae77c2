#include <algorithm>
#include <map>
#include <vector>

#include "naive_key_table.h"
#include "support/catch.h"

namespace socklog::testing {
namespace {

constexpr std::size_t kLongestKey = 256;

// Streams of keys that strain a table in different ways.
enum class Stream { kFew, kSkewed, kAllDistinct, kLongKeys, kMixedLengths, kOneShard };

std::string ShardKey(std::uint64_t number) {  // of shard 0
  std::uint64_t at = 0;
  for (std::uint64_t found = 0;; ++at) {
    if (Hash64("k" + std::to_string(at)) >> 58 == 0 && found++ == number) return "k" + std::to_string(at);
  }
}

std::string RandomKey(Stream stream, SplitMix64* random) {
  static const std::vector<std::string> one_shard = [] {
    std::vector<std::string> keys;
    for (std::uint64_t i = 0; i < 40; ++i) keys.push_back(ShardKey(i));
    return keys;
  }();
  const std::uint64_t skewed = random->Below(1 + random->Below(1 + random->Below(3000)));
  switch (stream) {
    case Stream::kFew:
      return "/" + std::to_string(random->Below(50));
    case Stream::kSkewed:
      return "/" + std::to_string(skewed);
    case Stream::kAllDistinct:
      return std::to_string(random->Next());
    case Stream::kLongKeys:
      return std::to_string(skewed) + std::string(kLongestKey - 8, 'x');
    case Stream::kMixedLengths:
      return std::string(random->Below(3) == 0 ? kLongestKey - 8 : random->Below(20), 'y') + std::to_string(skewed);
    case Stream::kOneShard:
      return one_shard[random->Below(one_shard.size())];
  }
  return {};
}

}  // namespace

TEST_CASE("a table is the naive one, line by line") {
  const Stream stream = GENERATE(Stream::kFew, Stream::kSkewed, Stream::kAllDistinct, Stream::kLongKeys,
                                 Stream::kMixedLengths, Stream::kOneShard);
  const std::uint64_t max_keys = GENERATE(64u, 256u, 640u, 6400u);
  CAPTURE(static_cast<int>(stream), max_keys);
  SplitMix64 random(static_cast<std::uint64_t>(stream) * 100 + max_keys);
  KeyTable table(max_keys);
  NaiveKeyTable naive(max_keys);
  for (int round = 0; round < 2; ++round) {  // the second time after Clear
    for (int i = 0; i < 8000; ++i) {
      const std::string key = RandomKey(stream, &random);
      const Cell delta = Requests(1 + random.Below(3), random.Below(2));
      table.Add(key, delta);
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
    naive = NaiveKeyTable(max_keys);
  }
}

TEST_CASE("count_error bounds what is missing, and a frequent key is never lost") {
  const Stream stream =
      GENERATE(Stream::kSkewed, Stream::kAllDistinct, Stream::kLongKeys, Stream::kMixedLengths, Stream::kOneShard);
  const std::uint64_t max_keys = GENERATE(64u, 640u);
  CAPTURE(static_cast<int>(stream), max_keys);
  SplitMix64 random(static_cast<std::uint64_t>(stream) + max_keys);
  KeyTable table(max_keys);
  std::map<std::string, std::uint64_t> truth;
  std::map<std::uint64_t, std::uint64_t> shard_requests;
  const auto add = [&](const std::string& key) {
    table.Add(key, Requests(1));
    ++truth[key];
    ++shard_requests[Hash64(key) >> 58];
  };
  for (int i = 0; i < 20000; ++i) add(i % 10 == 0 ? "/frequent" : RandomKey(stream, &random));
  const std::uint64_t shard_keys = max_keys / 64;
  for (const auto& [key, count] : truth) {
    std::uint64_t missing = 0;
    const Cell* cell = table.Find(key, &missing);
    const std::uint64_t known = cell == nullptr ? 0 : cell->requests;
    CAPTURE(key, known, missing, count);
    REQUIRE(known <= count);
    REQUIRE(known + missing >= count);
    // The longest keys leave room for a quarter of the keys (at least one), so the promise is by what is there then.
    const std::uint64_t smallest_table = std::max<std::uint64_t>(1, shard_keys / 4 - (shard_keys >= 8 ? 1 : 0));
    if (count > shard_requests[Hash64(key) >> 58] / smallest_table) REQUIRE(cell != nullptr);
  }
}

TEST_CASE("a key that comes back after an eviction by length knows what it lost") {
  KeyTable table(64 * 8);  // eight keys a shard, 512 bytes of text
  std::vector<std::string> keys;
  for (std::uint64_t i = 0; i < 7; ++i) keys.push_back(ShardKey(i));
  std::vector<std::string> longs;
  for (int i = 0; longs.size() < 2; ++i) {
    std::string key = std::to_string(i) + std::string(250, 'x');
    if (Hash64(key) >> 58 == 0) longs.push_back(std::move(key));
  }
  for (const std::string& key : keys) table.Add(key, Requests(5));
  for (const std::string& key : longs) table.Add(key, Requests(9));  // the second one pushes all short ones out
  for (const std::string& key : keys)
    table.Add(key, Requests(1));  // the first of them a long one; the others find room
  for (const std::string& key : keys) {
    std::uint64_t missing = 0;
    const Cell* cell = table.Find(key, &missing);
    const std::uint64_t known = cell == nullptr ? 0 : cell->requests;
    CAPTURE(key, known, missing);
    CHECK(known + missing >= 6);
  }
}

TEST_CASE("ties are broken by the key's bytes") {
  for (const bool ascending : {true, false}) {
    KeyTable table(64);  // one key a shard
    const std::string first = ShardKey(ascending ? 0 : 1);
    const std::string second = ShardKey(ascending ? 1 : 0);
    table.Add(first, Requests(1));
    table.Add(second, Requests(1));  // evicts the only one, inherits 1
    std::uint64_t missing = 0;
    CHECK(table.Find(first, &missing) == nullptr);
    CHECK(missing == 1);
    REQUIRE(table.Find(second, &missing) != nullptr);
    CHECK(missing == 1);
  }
  KeyTable table(128);  // two keys a shard
  std::vector<std::string> keys = {ShardKey(0), ShardKey(1), ShardKey(2)};
  std::sort(keys.begin(), keys.end());
  table.Add(keys[1], Requests(1));
  table.Add(keys[0], Requests(1));
  table.Add(keys[2], Requests(1));
  std::uint64_t missing = 0;
  CHECK(table.Find(keys[0], &missing) == nullptr);
  CHECK(table.Find(keys[1], &missing) != nullptr);
  CHECK(table.Find(keys[2], &missing) != nullptr);
}

TEST_CASE("keys of any bytes and of every length") {
  KeyTable table(6400);
  std::map<std::string, std::uint64_t> truth;
  for (std::size_t size = 0; size <= kLongestKey; ++size) {
    for (const char byte : {'a', '\0', '\xff', '\xdb'}) ++truth[std::string(size, byte)];
  }
  for (const auto& [key, count] : truth) table.Add(key, Requests(count));
  for (const auto& [key, count] : truth) {
    std::uint64_t missing = 0;
    const Cell* cell = table.Find(key, &missing);
    if (missing > 0) continue;  // its shard was full
    REQUIRE(cell != nullptr);
    CHECK(cell->requests == count);
  }
}

}  // namespace socklog::testing
