// The loop that every job on logs runs: partitions take turns, lines go into windows, windows close.
#ifndef SOCKLOG_PIPELINE_LINE_LOOP_H_
#define SOCKLOG_PIPELINE_LINE_LOOP_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "format/format.h"
#include "pipeline/parse_pool.h"
#include "pipeline/partition_input.h"
#include "pipeline/watermark.h"
#include "socklog/source.h"
#include "window/key_maker.h"
#include "window/window_aggregator.h"

namespace socklog {

// What the loop tells its job. All are called from the thread that runs the loop; an error ends it.
struct LoopEvents {
  std::function<Status(const WindowReport&)> on_window;
  // A line that is no log line: partition, its number from 1, text, reason.
  std::function<void(PartitionId, std::uint64_t, std::string_view, std::string_view)> on_malformed;
  // Now and then, also while nothing comes: flush outputs, save the state, show progress. `idle`: nothing can be read
  // now.
  std::function<Status(bool idle)> on_pause;
};

struct LoopOptions {
  std::size_t jobs = 1;
  bool impatient = false;  // with more than one job: threads begin with the first line, not when there is enough to do
  bool stream_goes_on =
      false;  // the end of the input is not the end of the stream: nothing is released or closed there
};

// Always reads the partition whose time is lowest, and lets none get further ahead of the slowest than --max-skew. What
// comes out does not depend on that order; only memory does. Thread-compatible.
class LineLoop {
 public:
  // All are borrowed and must outlive the loop.
  LineLoop(Source& source, const LogFormat& format, const KeyRules& rules, WindowAggregator& windows,
           const WindowShape& shape, const Clock& clock, const LoopOptions& options, LoopEvents events);

  // Before Run: lets partition `id` go on where an earlier run saved it.
  Status Restore(PartitionId id, const PartitionWindows::Saved& saved, std::string_view chosen);

  // Until the end of the input, or until StopRequested().
  Status Run();

  bool reached_end() const { return reached_end_; }
  // All that were ever there, but for connections that ended long ago. In order.
  std::vector<PartitionId> partitions() const;
  // REQUIRES: `id` is one of them. Valid until the next call of Run.
  std::string_view chosen(PartitionId id) const;
  // The largest event time so far; kNoTime before the first.
  Micros latest_time() const { return watermark_.latest(); }

 private:
  // What one partition, or the best of them, brought. Noise is what tells no time: malformed lines, lines outside
  // [since, until).
  enum class Turn { kNothing, kNoise, kProgress };
  struct Input {
    Input(PartitionId partition_id, PartitionWindows& partition_windows)
        : id(partition_id), windows(partition_windows) {}
    const PartitionId id;
    PartitionWindows& windows;
    std::unique_ptr<PartitionInput> lines;  // null once it has ended
    std::string chosen;                     // from then on
    bool announced = false;                 // its format was told

    bool ended() const { return lines == nullptr; }
  };

  void AddNewPartitions();
  void ForgetSettledPartitions();
  Result<Turn> TakeTurn();
  Result<Turn> Serve(Input* input);
  void CheckSilence(Input* input);
  Result<Turn> Consume(Input* input);
  void ConsumeMalformed(Input* input, const MalformedLine& line);
  Micros StopAt(Micros slowest, Micros limit) const;
  Status End(Input* input);
  void Announce(Input* input);
  Status OnWindow(const WindowReport& report);
  Status UnlessStopped(const Status& status) const;
  Micros ReadingLimit(Micros slowest) const;
  Micros WaitTime() const;
  Status Advance();
  bool Finished() const;

  Source& source_;
  const LogFormat& format_;
  WindowAggregator& windows_;
  const WindowShape& shape_;
  const Clock& clock_;
  const LoopOptions options_;
  const LoopEvents events_;
  ParseTools tools_;
  std::unique_ptr<ParsePool> pool_;
  Watermark watermark_;
  std::map<PartitionId, std::unique_ptr<Input>> inputs_;
  std::size_t seen_ = 0;  // partitions that ever were there
  std::vector<Input*> order_;
  std::set<std::string> told_formats_;
  Watermark::Slowest slowest_;  // in this turn
  bool stopped_ = false;        // by a signal, while windows were closing
  bool reached_end_ = false;
};

}  // namespace socklog

#endif  // SOCKLOG_PIPELINE_LINE_LOOP_H_
