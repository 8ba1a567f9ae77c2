#include "generate/popularity.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "support/catch.h"

namespace socklog {
namespace {

std::vector<int> CountPicks(const Popularity& popularity, std::uint32_t items, int picks) {
  SplitMix64 random(1);
  std::vector<int> counts(items);
  for (int i = 0; i < picks; ++i) ++counts.at(popularity.Pick(random.Next()));
  return counts;
}

TEST_CASE("The first ranks are picked most and the last ones still in their least share") {
  const Popularity popularity(100, 60, nullptr);
  const std::vector<int> counts = CountPicks(popularity, 100, 1'000'000);
  // Rank 1: 60 % of 1/H(100) = 1/5.187, and 40 % of 1/100.
  CHECK(counts[0] == Approx(1'000'000 * (0.6 / 5.18738 + 0.004)).epsilon(0.02));
  CHECK(counts[9] == Approx(1'000'000 * (0.06 / 5.18738 + 0.004)).epsilon(0.03));
  CHECK(*std::min_element(counts.begin(), counts.end()) > 4'000);
}

TEST_CASE("Shuffling changes where an item lies and not how often it is picked") {
  SplitMix64 shuffle(3);
  const Popularity popularity(50, 100, &shuffle);
  const std::vector<int> counts = CountPicks(popularity, 50, 500'000);
  CHECK(counts[0] == Approx(500'000 / 4.49921).epsilon(0.02));
  CHECK(counts[49] == Approx(500'000 / 4.49921 / 50).epsilon(0.1));
  CHECK(popularity.Pick(0) != 0);  // the seed above moves rank 1 away from the first place
}

TEST_CASE("Each item owns one interval, and these follow each other") {
  for (const std::uint32_t count : {2u, 3u, 64u, 1000u, 20'000u}) {
    const Popularity popularity(count, 60, nullptr);
    SplitMix64 random(count);
    std::vector<std::uint64_t> points(std::size_t{30} * count);
    for (std::uint64_t& point : points) point = random.Next();
    std::sort(points.begin(), points.end());
    std::vector<bool> picked(count);
    std::uint32_t last = 0;
    bool ascending = popularity.Pick(0) == 0 && popularity.Pick(~std::uint64_t{0}) == count - 1;
    for (const std::uint64_t point : points) {
      const std::uint32_t item = popularity.Pick(point);
      ascending = ascending && item >= last;
      picked.at(last = item) = true;
    }
    CAPTURE(count);
    CHECK(ascending);
    CHECK(std::count(picked.begin(), picked.end(), false) < 10);
  }
}

TEST_CASE("A single item is always picked") {
  const Popularity popularity(1, 60, nullptr);
  CHECK(popularity.Pick(0) == 0);
  CHECK(popularity.Pick(~std::uint64_t{0}) == 0);
}

TEST_CASE("A choice has exactly its number, from every part of the ranks") {
  struct Case {
    std::uint32_t count, chosen;
  };
  for (const Case& c :
       {Case{500, 150}, Case{200, 100}, Case{7, 7}, Case{7, 0}, Case{1, 1}, Case{1000, 3}, Case{10, 9}}) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      CAPTURE(c.count, c.chosen, seed);
      SplitMix64 random(seed);
      const std::vector<bool> chosen = ChooseStratified(c.count, c.chosen, &random);
      REQUIRE(chosen.size() == c.count);
      CHECK(std::count(chosen.begin(), chosen.end(), true) == c.chosen);
      const auto in_first_half = std::count(chosen.begin(), chosen.begin() + c.count / 2, true);
      CHECK(2 * in_first_half - static_cast<int>(c.chosen) <= 2);
      CHECK(static_cast<int>(c.chosen) - 2 * in_first_half <= 2);
    }
  }
}

}  // namespace
}  // namespace socklog
