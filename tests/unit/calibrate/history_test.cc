#include "calibrate/history.h"

#include "support/catch.h"

namespace socklog::testing {
namespace {

WindowReport Window(Micros start, std::uint64_t windows = 1) {
  WindowReport report;
  report.start = start;
  report.windows = windows;
  return report;
}

}  // namespace

TEST_CASE("the largest score of each metric over all keys") {
  History history(3);
  history.Add(Window(10),
              {{0, "", 0, 0.2, 9, 0}, {2, "/a", 0, 0.5, 9, 0}, {2, "/b", 0, 0.7, 9, 0}, {2, "/c", 0, 0.1, 9, 0}});
  history.Add(Window(20), {});
  history.Add(Window(30), {{1, "x", 0, 0, 9, 0}});
  REQUIRE(history.rows() == 3);
  CHECK(history.windows() == 3);
  CHECK(history.metric_count() == 3);
  CHECK(history.start(0) == 10);
  CHECK(history.score(0, 0) == 0.2);
  CHECK(history.score(0, 1) == History::kNotJudged);
  CHECK(history.score(0, 2) == 0.7);
  CHECK(history.score(1, 0) == History::kNotJudged);
  CHECK(history.score(2, 1) == 0);  // judged, and zero
}

TEST_CASE("a gap is counted and takes no row") {
  History history(1);
  history.Add(Window(10), {{0, "", 0, 1, 9, 0}});
  history.Add(Window(20, 3'000'000'000), {});
  history.Add(Window(1000), {{0, "", 0, 2, 9, 0}});
  CHECK(history.rows() == 2);
  CHECK(history.windows() == 3'000'000'002);
  CHECK(history.score(1, 0) == 2);
  CHECK(history.start(1) == 1000);
}

}  // namespace socklog::testing
