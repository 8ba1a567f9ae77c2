#include "window/lateness_histogram.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/hash.h"
#include "support/catch.h"

namespace socklog::testing {

TEST_CASE("the lateness that would have kept a share of the lines") {
  struct Case {
    std::vector<double> behind;  // seconds
    double share;
    std::int64_t seconds;
  };
  const std::vector<Case> cases = {
      {{}, 0.999, 0}, {{0, 0, 0}, 0.999, 0}, {{0.000001}, 1, 1},  // a whole second is the smallest that keeps it
      {{1}, 1, 1},    {{1.000001}, 1, 2},    {{0, 0, 0, 7}, 0.75, 0}, {{0, 0, 0, 7}, 0.76, 7},
      {{-5}, 1, 0},   {{63}, 1, 63},         {{0, 63, 10}, 0.5, 10}};
  for (const Case& test : cases) {
    CAPTURE(test.behind, test.share);
    LatenessHistogram histogram;
    for (const double behind : test.behind) histogram.Add(std::llround(behind * 1e6));
    CHECK(histogram.Quantile(test.share) == test.seconds * kSecond);
  }
}

TEST_CASE("long lateness is kept to one thirty-second, never too short") {
  SplitMix64 random(1);
  for (int i = 0; i < 3000; ++i) {
    const auto seconds = static_cast<Micros>(random.Next() >> (32 + random.Below(32)));
    LatenessHistogram histogram;
    histogram.Add(seconds * kSecond);
    const Micros kept = histogram.Quantile(1) / kSecond;
    CAPTURE(seconds, kept);
    REQUIRE(kept >= seconds);
    REQUIRE(kept <= seconds + seconds / 32);
  }
}

TEST_CASE("quantiles of many are those of the sorted list") {
  SplitMix64 random(2);
  LatenessHistogram histogram;
  std::vector<Micros> sorted;
  for (int i = 0; i < 5000; ++i) {
    sorted.push_back(static_cast<Micros>(random.Below(1 + random.Below(63))));
    histogram.Add(sorted.back() * kSecond);
  }
  std::sort(sorted.begin(), sorted.end());
  for (const double share : {0.001, 0.5, 0.9, 0.99, 0.999, 1.0}) {
    CAPTURE(share);
    CHECK(histogram.Quantile(share) == sorted[static_cast<std::size_t>(std::ceil(share * 5000)) - 1] * kSecond);
  }
  SnapshotWriter writer;
  histogram.Encode(&writer);
  LatenessHistogram read;
  read.Add(kDay);
  SnapshotReader reader(writer.bytes());
  read.Decode(&reader);
  CHECK((reader.ok() && reader.at_end()));
  CHECK(read.Quantile(0.9) == histogram.Quantile(0.9));
  CHECK(read.Quantile(1) == histogram.Quantile(1));
}

}  // namespace socklog::testing
