// A run from lines to alerts as analyze has it, over a MemorySource, with what comes out kept as text.
#ifndef SOCKLOG_TESTS_UNIT_PIPELINE_LOOP_RUN_H_
#define SOCKLOG_TESTS_UNIT_PIPELINE_LOOP_RUN_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "alert/alert_tracker.h"
#include "pipeline/line_loop.h"
#include "pipeline/run_summary.h"
#include "pipeline/state_file.h"
#include "support/memory_source.h"
#include "support/plain_format.h"

namespace socklog::testing {

struct RunOutput {
  std::vector<std::string> windows;  // WindowText
  std::string windows_json;
  std::string alerts_json;
  std::vector<std::string> malformed;  // "partition:line text (reason)"
};

// REQUIRES: one Run for each object.
class LoopRun {
 public:
  LoopRun(const WindowShape& shape, MemorySource* source, ManualClock* clock, LoopOptions options = {});

  // Goes on where `saved` was taken: also moves the source.
  void Restore(const RunState& saved);
  Status Run();
  RunState Save() const;

  // Called after each turn; an error ends the run there.
  std::function<Status(bool idle)> on_pause;
  // Called for each window, after it was noted.
  std::function<Status()> on_window;

  RunOutput output;
  LineLoop& loop() { return *loop_; }
  WindowAggregator& windows() { return windows_; }
  std::string counters() const { return CountersText(windows_.counters()); }

 private:
  Status OnWindow(const WindowReport& report);

  const WindowShape shape_;
  MemorySource& source_;
  const PlainFormat format_;
  std::unique_ptr<KeyRules> rules_;
  WindowAggregator windows_;
  Scorer scorer_;
  Decider decider_;
  AlertTracker tracker_;
  std::vector<SeriesScore> judged_;
  std::vector<Alert> alerts_;
  RunState saved_;  // where it began
  std::unique_ptr<LineLoop> loop_;
};

// SmallShape of the tests of windows: 10 s, lateness 5 s, max-ahead 30 s, max-gap 60 s.
WindowShape LoopShape(Micros slide = 0);

}  // namespace socklog::testing

#endif  // SOCKLOG_TESTS_UNIT_PIPELINE_LOOP_RUN_H_
