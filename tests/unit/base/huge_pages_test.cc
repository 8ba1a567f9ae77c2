#include "base/huge_pages.h"

#include <cstdint>

#include "support/catch.h"

namespace socklog::testing {

TEST_CASE("a vector in huge pages is a vector") {
  struct alignas(64) Line {
    std::uint64_t number = 0;
  };
  HugePageVector<Line> lines;
  const std::uint64_t count = GENERATE(1u, 100u, 32'768u, 100'000u);  // below, at and above the size of a huge page
  for (std::uint64_t i = 0; i < count; ++i) lines.push_back({i});
  for (std::uint64_t i = 0; i < count; ++i) REQUIRE(lines[i].number == i);
  CHECK(reinterpret_cast<std::uintptr_t>(lines.data()) % alignof(Line) == 0);
  lines.resize(1);
  lines.shrink_to_fit();
  CHECK(lines.capacity() == 1);
}

TEST_CASE("an array with room for a huge page begins with one") {
  HugePageVector<char> text(std::size_t{5} << 20);
  CHECK(reinterpret_cast<std::uintptr_t>(text.data()) % (std::size_t{2} << 20) == 0);
}

}  // namespace socklog::testing
