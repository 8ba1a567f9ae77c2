// In an executable of its own: a stop that was requested cannot be taken back.
#include "loop_run.h"
#include "pipeline/jobs.h"
#include "support/catch.h"

namespace socklog::testing {

TEST_CASE("a stop ends the run after what is in hand, and closes no window") {
  ManualClock clock;
  MemorySource source(&clock);
  source.AddPartition("log", true);
  for (int i = 0; i < 100; ++i) {
    source.AddLines(0, PlainText(LineAt(i)));
    source.AddPause(0, kMillisecond);
  }
  LoopRun run(LoopShape(), &source, &clock);
  std::uint64_t lines = 0;
  run.on_pause = [&](bool) {
    lines = run.windows().counters().lines();
    if (run.loop().latest_time() >= 30 * kSecond) RequestStop();
    return Status();
  };
  const Status status = run.Run();
  CHECK(status.ok());
  CHECK(StopRequested());
  CHECK_FALSE(run.loop().reached_end());
  CHECK(lines == 31);
  CHECK(run.output.windows == std::vector<std::string>{"[0,10) 10/0 url: /=10/0", "[10,20) 10/0 url: /=10/0"});
  CHECK(run.windows().open_windows() == 2);
}

}  // namespace socklog::testing
