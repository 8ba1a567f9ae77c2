#include "detect/wilson.h"

#include "base/text.h"
#include "support/catch.h"

namespace socklog::testing {

TEST_CASE("the lower Wilson bound, known values") {
  struct Case {
    std::uint64_t k, n;
    double z, bound;
  };
  // Computed with 50 decimal digits. 81 of 263 is the first example of Newcombe, "Two-sided confidence intervals for
  // the single proportion", 1998: 0.2553.
  const auto test = GENERATE(values<Case>({{1, 10, 1.96, 0.017875749515721146},
                                           {5, 10, 1.96, 0.23658959361548726},
                                           {10, 10, 1.96, 0.7224598312333834},
                                           {81, 263, 1.96, 0.25528761306366965},
                                           {3, 4, kWilsonZ, 0.24785486182290856},
                                           {300, 400, kWilsonZ, 0.696530346414465},
                                           {130, 310, kWilsonZ, 0.3560957537599962},
                                           {20, 20, kWilsonZ, 0.7870831469913983}}));
  CAPTURE(test.k, test.n, test.z);
  CHECK(WilsonLowerBound(test.k, test.n, test.z) == Approx(test.bound).epsilon(1e-12));
}

TEST_CASE("none of any number proves nothing, exactly") {
  for (std::uint64_t n = 0; n < 5000; ++n) REQUIRE(WilsonLowerBound(0, n) == 0);
  CHECK(WilsonLowerBound(0, 1'000'000'000'000) == 0);
}

TEST_CASE("the bound grows with k, stays below the share, and with more of the same comes nearer to it") {
  for (std::uint64_t n = 1; n <= 300; ++n) {
    double before = -1;
    for (std::uint64_t k = 0; k <= n; ++k) {
      const double bound = WilsonLowerBound(k, n);
      REQUIRE(bound > before);
      REQUIRE(bound <= static_cast<double>(k) / static_cast<double>(n));
      if (k > 0) REQUIRE(WilsonLowerBound(2 * k, 2 * n) > bound);
      before = bound;
    }
    REQUIRE(before < 1);
  }
}

TEST_CASE("the smallest share that passes a bound") {
  for (const std::uint64_t n : {1u, 20u, 100u, 1000u}) {
    for (const double bound : {0.0, 0.01, 0.2, 0.5, 0.7}) {
      CAPTURE(n, bound);
      const auto k = static_cast<std::uint64_t>(ShareAtBound(bound, n) * static_cast<double>(n) + 0.5);
      if (WilsonLowerBound(n, n) > bound) CHECK(WilsonLowerBound(k, n) > bound);
      if (k > 0) CHECK(WilsonLowerBound(k - 1, n) <= bound);
    }
  }
  CHECK(ShareAtBound(0.99, 20) == 1);
  CHECK(ShareAtBound(0.5, 0) == 1);
}

}  // namespace socklog::testing
