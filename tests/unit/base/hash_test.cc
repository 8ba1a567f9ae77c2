#include "base/hash.h"

#include <array>
#include <bit>
#include <set>
#include <string>

#include "support/catch.h"

namespace socklog::testing {

// Ids of alerts and check sums of states depend on these for ever.
TEST_CASE("fixed hashes have the values they always had") {
  struct Case {
    std::string text;
    std::uint64_t hash64;
    std::string hash128;
  };
  const auto test = GENERATE(values<Case>({
      {"", 0x6e4a977b57f8eef0, "2637abd0ecbf63e9ade808f18514b079"},
      {"a", 0xb1de9515e4c3477c, "a9299c946523df088e6924a1e953978c"},
      {"/cart", 0xaff5564c90bf9c51, "c64c16718ead7a7fc7697b30f1e4b6f1"},
      {"0123456789abcdef", 0xcbf9f5d611296d28, "ef887052fcd749fd248ba2f60e32ba2f"},
      {"0123456789abcdef0", 0xb95d03fb41c099e8, "cccf28d90dabc34f5be0753da40f1aca"},
      {"The quick brown fox jumps over the lazy dog", 0xca17173787e174b8, "ae552fdd0732b1ce893232bf022769d4"},
  }));
  CAPTURE(test.text);
  CHECK(Hash64(test.text) == test.hash64);
  CHECK(Hash128Hex(test.text) == test.hash128);
}

TEST_CASE("every length and every byte counts") {
  std::set<std::uint64_t> seen;
  for (std::size_t size = 0; size <= 100; ++size) {
    seen.insert(Hash64(std::string(size, 'a')));
    seen.insert(Hash64(std::string(size, '\0')));
    for (std::size_t at = 0; at < size; ++at) {
      std::string text(size, 'a');
      text[at] = 'b';
      seen.insert(Hash64(text));
    }
  }
  CHECK(seen.size() == 101 + 100 + 100 * 101 / 2);
  CHECK(Hash64("a", 1) != Hash64("a", 2));
}

TEST_CASE("bytes beyond the view do not count") {
  const std::string text = "0123456789abcdefXYZ";
  for (std::size_t size = 0; size <= 16; ++size)
    CHECK(Hash64(std::string_view(text).substr(0, size)) == Hash64(text.substr(0, size)));
}

TEST_CASE("the six bits that choose a shard are even") {
  std::array<int, 64> shards{};
  for (int i = 0; i < 64'000; ++i) ++shards[Hash64("/product/" + std::to_string(i)) >> 58];
  for (const int count : shards) {
    CHECK(count > 850);
    CHECK(count < 1150);
  }
}

TEST_CASE("one bit in, half the bits out") {
  SplitMix64 random(1);
  double flipped = 0;
  constexpr int kRounds = 4000;
  for (int i = 0; i < kRounds; ++i) {
    std::string text(1 + random.Below(40), '\0');
    for (char& c : text) c = static_cast<char>(random.Next());
    const std::uint64_t before = Hash64(text);
    text[random.Below(text.size())] ^= static_cast<char>(1 << random.Below(8));
    flipped += std::popcount(before ^ Hash64(text));
  }
  CHECK(flipped / kRounds == Approx(32).margin(0.5));
}

TEST_CASE("128 bits are 32 hex digits and no repetition of 64") {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string hex = Hash128Hex(std::to_string(i));
    REQUIRE(hex.size() == 32);
    REQUIRE(hex.find_first_not_of("0123456789abcdef") == std::string::npos);
    REQUIRE(hex.substr(0, 16) != hex.substr(16));
    seen.insert(hex);
  }
  CHECK(seen.size() == 1000);
}

TEST_CASE("the seed of look-up tables is drawn once") { CHECK(RandomSeed() == RandomSeed()); }

TEST_CASE("SplitMix64") {
  SplitMix64 random(1234567);  // the reference values of the published algorithm
  CHECK(random.Next() == 6457827717110365317ULL);
  CHECK(random.Next() == 3203168211198807973ULL);
  CHECK(random.Next() == 9817491932198370423ULL);
  SplitMix64 bounded(5);
  std::array<int, 10> counts{};
  for (int i = 0; i < 10'000; ++i) {
    ++counts[bounded.Below(10)];
    const double value = bounded.NextDouble();
    REQUIRE(value >= 0);
    REQUIRE(value < 1);
  }
  for (const int count : counts) CHECK(std::abs(count - 1000) < 150);
  CHECK(bounded.Below(1) == 0);
}

}  // namespace socklog::testing
