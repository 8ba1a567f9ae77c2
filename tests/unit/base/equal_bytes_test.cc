#include "base/equal_bytes.h"

#include <string>

#include "base/hash.h"
#include "support/catch.h"

namespace socklog::testing {

TEST_CASE("a bit for each byte that is equal") {
  SplitMix64 random(1);
  for (int i = 0; i < 1000; ++i) {
    std::string a(16, 'a');
    std::string b(16, 'a');
    std::uint64_t equal = 0xffff;
    for (std::uint64_t changes = random.Below(6); changes > 0; --changes) {
      const std::uint64_t at = random.Below(16);
      b[at] = static_cast<char>(random.Below(256));
      equal = b[at] == a[at] ? equal | std::uint64_t{1} << at : equal & ~(std::uint64_t{1} << at);
    }
    REQUIRE(EqualBytes16(a.data(), b.data()) == equal);
  }
}

}  // namespace socklog::testing
