#include "pipeline/malformed_watch.h"

#include "support/catch.h"
#include "support/manual_clock.h"

namespace socklog::testing {

TEST_CASE("most lines of a minute are malformed: that is said once, and when it is over") {
  ManualClock clock;
  MalformedWatch watch(clock);
  CHECK(watch.Look(1000, 1000).empty());  // not yet a minute
  clock.Turn(kMinute);
  CHECK(watch.Look(1000, 1000).find("1,000 of the last 1,000 lines are malformed: is --log-format") == 0);
  clock.Turn(kMinute);
  CHECK(watch.Look(2000, 1900).empty());
  clock.Turn(kMinute);
  CHECK(watch.Look(2099, 1900).empty());  // too few to say
  CHECK(watch.Look(2200, 1900) == "0 of the last 200 lines are malformed: most are well-formed again");
  clock.Turn(kMinute);
  CHECK(watch.Look(2300, 2000).find("100 of") == 0);
  clock.Turn(kMinute);
  CHECK(watch.Look(2500, 2001) == "1 of the last 200 lines is malformed: most are well-formed again");
  clock.Turn(kMinute);
  CHECK(watch.Look(2700, 2101).empty());  // half is not most
  CHECK(watch.Look(2700, 2101).empty());
}

}  // namespace socklog::testing
