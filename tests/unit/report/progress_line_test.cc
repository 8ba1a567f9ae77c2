#include "report/progress_line.h"

#include "support/captured_stderr.h"
#include "support/catch.h"
#include "support/manual_clock.h"

namespace socklog::testing {
TEST_CASE("one line, rewritten five times a second at the most, and removed") {
  ManualClock clock;
  const std::string text = StderrOf([&] {
    ProgressLine line(true, clock);
    line.Update(0, kNoTime);
    clock.Turn(100 * kMillisecond);
    line.Update(500, 0);  // too soon
    clock.Turn(900 * kMillisecond);
    line.Update(100'000, 10 * kHour);
    line.Clear();
    line.Clear();
  });
  CHECK(text == "\r\x1b[K0 lines\r\x1b[K100,000 lines, up to 1970-01-01 10:00:00 UTC, 100,000 lines/s\r\x1b[K");
}

TEST_CASE("the line goes with its object") {
  ManualClock clock;
  CHECK(StderrOf([&] { ProgressLine(true, clock).Update(1, kNoTime); }) == "\r\x1b[K1 line\r\x1b[K");
}

TEST_CASE("nothing unless it is wanted") {
  ManualClock clock;
  CHECK(StderrOf([&] { ProgressLine(false, clock).Update(1, 0); }).empty());
}

}  // namespace socklog::testing
