#include "base/key_hash.h"

#include <bit>
#include <set>
#include <string>

#include "socklog/text_arena.h"
#include "support/catch.h"

namespace socklog::testing {

TEST_CASE("the hash of a key depends on its bytes and nothing around them") {
  const KeyHash hash;
  TextArena arena;
  SplitMix64 random(1);
  for (std::size_t size = 0; size <= 300; ++size) {
    std::string text(size, '\0');
    for (char& c : text) c = static_cast<char>(random.Next());
    const std::uint64_t expected = hash(arena.Add(text));
    for (int i = 0; i < 3; ++i) {
      std::string around(64 + 64, '\0');
      for (char& c : around) c = static_cast<char>(random.Next());
      const std::string padded = around.substr(0, 7) + text + around;
      REQUIRE(hash(std::string_view(padded).substr(7, size)) == expected);
    }
    REQUIRE(KeyHash()(arena.Add(text)) == expected);
  }
}

TEST_CASE("texts that differ in a byte, a place or a length hash apart, and all bits take part") {
  const KeyHash hash;
  TextArena arena;
  std::set<std::uint64_t> seen;
  std::size_t texts = 0;
  const auto add = [&](const std::string& text) {
    seen.insert(hash(arena.Add(text)));
    ++texts;
  };
  for (std::size_t size = 0; size <= 256; ++size) {
    add(std::string(size, '\0'));
    for (std::size_t place = 0; place < size; place += 5) {
      std::string text(size, '\0');
      text[place] = 1;
      add(text);
    }
  }
  CHECK(seen.size() == texts);

  std::array<int, 64> ones{};
  constexpr int kKeys = 20'000;
  for (int i = 0; i < kKeys; ++i) {
    const std::uint64_t value = hash(arena.Add("/products/" + std::to_string(i)));
    for (std::size_t bit = 0; bit < 64; ++bit) ones[bit] += static_cast<int>((value >> bit) & 1);
  }
  for (const int count : ones) CHECK((count > kKeys * 9 / 20 && count < kKeys * 11 / 20));
}

}  // namespace socklog::testing
