#include "base/equal_bytes.h"

#include <string>

#include "support/catch.h"

namespace socklog::testing {

TEST_CASE("texts are compared up to their size, whatever is behind") {
  const std::string a(40, 'a');
  for (std::size_t size = 0; size <= 32; ++size) {
    std::string b = std::string(size, 'a') + std::string(40 - size, 'b');
    REQUIRE(EqualUpTo32(a.data(), b.data(), size));
    for (std::size_t i = 0; i < size; ++i) {
      for (const char other : {'b', '\0', '\xe1'}) {
        b[i] = other;
        REQUIRE_FALSE(EqualUpTo32(a.data(), b.data(), size));
      }
      b[i] = 'a';
    }
  }
}

TEST_CASE("of longer texts the first 32 bytes are compared") {
  const std::string a(300, 'a');
  for (const std::size_t size : {33, 64, 255, 256}) {
    std::string b = std::string(32, 'a') + std::string(268, 'b');
    REQUIRE(EqualUpTo32(a.data(), b.data(), size));
    for (const std::size_t i : {0, 15, 16, 31}) {
      b[i] = 'b';
      REQUIRE_FALSE(EqualUpTo32(a.data(), b.data(), size));
      b[i] = 'a';
    }
  }
}

}  // namespace socklog::testing
