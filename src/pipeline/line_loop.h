// The loop that every job on logs runs: partitions take turns, lines go into windows, windows close.
#ifndef SOCKLOG_PIPELINE_LINE_LOOP_H_
#define SOCKLOG_PIPELINE_LINE_LOOP_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "format/format.h"
#include "pipeline/parse_pool.h"
#include "pipeline/partition_input.h"
#include "socklog/source.h"
#include "window/key_rules.h"
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
  bool stream_goes_on =
      false;  // the end of the input is not the end of the stream: nothing is released or closed there
  bool keep_late_lines = false;
};

// Always reads the partition whose time is lowest, and lets none get further ahead of the slowest than --max-skew. What
// comes out does not depend on that order; only memory does. Thread-compatible.
class LineLoop {
 public:
  // All are borrowed and must outlive the loop.
  LineLoop(Source& source, const LogFormat& format, KeyRules& rules, WindowAggregator& windows,
           const WindowShape& shape, const Clock& clock, const LoopOptions& options, LoopEvents events);

  // Before Run: lets partition `id` go on where an earlier run saved it.
  Status Restore(PartitionId id, const PartitionWindows::Saved& saved, std::string_view chosen);

  // Until the end of the input, or until StopRequested().
  Status Run();

  bool reached_end() const { return reached_end_; }
  std::string_view chosen(PartitionId id) const { return inputs_[id]->lines.chosen(); }
  std::size_t partitions() const { return inputs_.size(); }
  // The largest event time so far; kNoTime before the first.
  Micros latest_time() const;

 private:
  enum class Turn { kProgress, kNothing };
  struct Input {
    Input(PartitionId id, const LogFormat& format, ParsePool* pool, std::size_t read_ahead)
        : lines(id, format, pool, read_ahead) {}
    PartitionInput lines;
    bool ended = false;
    bool idle = false;
    bool announced = false;   // its format was told
    Micros last_arrival = 0;  // monotonic; of lines, or of the connection
  };

  void AddNewPartitions();
  Result<Turn> TakeTurn();
  Result<bool> Serve(PartitionId id);
  Status Consume(PartitionId id);
  Status ConsumeItem(PartitionId id, const PartitionInput::Item& item);
  Status End(PartitionId id);
  void CheckIdle(PartitionId id);
  void Announce(PartitionId id);

  bool IsLive(const Input& input) const { return !input.ended && !input.idle; }
  Micros Watermark() const;
  Micros ClockWatermark() const;
  Micros SlowestBeside(PartitionId id) const;
  Micros ReadingLimit(Micros slowest) const;
  Micros WaitTime() const;
  Status Advance();
  bool Finished() const;

  Source& source_;
  const LogFormat& format_;
  KeyRules& rules_;
  WindowAggregator& windows_;
  const WindowShape& shape_;
  const Clock& clock_;
  const LoopOptions options_;
  const LoopEvents events_;
  std::unique_ptr<ParsePool> pool_;
  std::vector<std::unique_ptr<Input>> inputs_;
  CountedRequest request_;
  std::vector<PartitionId> order_;
  Micros last_arrival_ = 0;  // of any partition
  bool reached_end_ = false;
};

}  // namespace socklog

#endif  // SOCKLOG_PIPELINE_LINE_LOOP_H_
