#include "generate/outcomes.h"

#include <map>

#include "support/catch.h"

namespace socklog {
namespace {

TEST_CASE("Statuses are drawn by weight, and one of weight 0 never") {
  const StatusMix mix({{404, 5}, {429, 0}, {500, 2}, {503, 1}});
  SplitMix64 random(7);
  std::map<int, int> counts;
  for (int i = 0; i < 80'000; ++i) ++counts[mix.Pick(random.NextDouble())];
  CHECK(counts.size() == 3);
  CHECK(counts[404] == Approx(50'000).epsilon(0.02));
  CHECK(counts[500] == Approx(20'000).epsilon(0.03));
  CHECK(counts[503] == Approx(10'000).epsilon(0.04));
  CHECK(mix.Pick(0.9999999999999999) == 503);
}

TEST_CASE("A deck keeps its rate over short stretches, too") {
  for (const double rate : {0.004, 0.05, 0.333, 0.6, 0.99, 1.0}) {
    CAPTURE(rate);
    SplitMix64 random(1);
    SplitMix64 shuffle(2);
    ErrorDeck deck;
    int failures = 0;
    int since_failure = 0;
    int longest = 0;
    for (int i = 0; i < 100'000; ++i) {
      const bool fails = deck.Draw(rate, random.NextDouble(), &shuffle);
      failures += fails ? 1 : 0;
      since_failure = fails ? 0 : since_failure + 1;
      longest = std::max(longest, since_failure);
    }
    CHECK(failures == Approx(100'000 * rate).epsilon(0.01));
    CHECK(longest < 2 * std::max(20.0, 1 / rate + 1));
  }
}

TEST_CASE("Within a deck every place fails equally often") {
  SplitMix64 random(1);
  SplitMix64 shuffle(2);
  int first = 0;
  int last = 0;
  for (int i = 0; i < 20'000; ++i) {
    ErrorDeck deck;
    for (int place = 0; place < 20; ++place) {
      const bool fails = deck.Draw(0.3, random.NextDouble(), &shuffle);
      if (place == 0 && fails) ++first;
      if (place == 19 && fails) ++last;
    }
  }
  CHECK(first == Approx(6'000).epsilon(0.05));
  CHECK(last == Approx(6'000).epsilon(0.05));
}

}  // namespace
}  // namespace socklog
