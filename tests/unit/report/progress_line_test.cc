#include "report/progress_line.h"

#include <unistd.h>

#include <cstdio>
#include <functional>

#include "support/catch.h"
#include "support/manual_clock.h"

namespace socklog::testing {
namespace {

// What a call writes to stderr.
std::string Stderr(const std::function<void()>& call) {
  std::fflush(stderr);
  std::FILE* file = std::tmpfile();
  REQUIRE(file != nullptr);
  const int saved = dup(STDERR_FILENO);
  dup2(fileno(file), STDERR_FILENO);
  call();
  std::fflush(stderr);
  dup2(saved, STDERR_FILENO);
  close(saved);
  std::rewind(file);
  std::string text;
  for (int c; (c = std::fgetc(file)) != EOF;) text += static_cast<char>(c);
  std::fclose(file);
  return text;
}

}  // namespace

TEST_CASE("one line, rewritten five times a second at the most, and removed") {
  ManualClock clock;
  const std::string text = Stderr([&] {
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
  CHECK(Stderr([&] { ProgressLine(true, clock).Update(1, kNoTime); }) == "\r\x1b[K1 lines\r\x1b[K");
}

TEST_CASE("nothing unless it is wanted") {
  ManualClock clock;
  CHECK(Stderr([&] { ProgressLine(false, clock).Update(1, 0); }).empty());
}

}  // namespace socklog::testing
