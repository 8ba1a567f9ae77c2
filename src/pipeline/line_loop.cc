#include "pipeline/line_loop.h"

#include <algorithm>
#include <limits>

#include "base/log.h"
#include "base/text.h"
#include "pipeline/jobs.h"
#include "pipeline/stop.h"

namespace socklog {
namespace {

constexpr Micros kNever = std::numeric_limits<Micros>::max();
constexpr Micros kLongestWait = kSecond;     // so that progress and snapshots go on
constexpr std::size_t kLinesPerTurn = 4096;  // so that on_pause is called while a big block is worked on

}  // namespace

LineLoop::LineLoop(Source& source, const LogFormat& format, KeyRules& rules, WindowAggregator& windows,
                   const WindowShape& shape, const Clock& clock, const LoopOptions& options, LoopEvents events)
    : source_(source),
      format_(format),
      rules_(rules),
      windows_(windows),
      shape_(shape),
      clock_(clock),
      options_(options),
      events_(std::move(events)),
      pool_(options.jobs > 1 ? std::make_unique<ParsePool>(options.jobs - 1) : nullptr),
      last_arrival_(clock.Monotonic()) {
  AddNewPartitions();
}

void LineLoop::AddNewPartitions() {
  while (inputs_.size() < source_.partition_count()) {
    const auto id = static_cast<PartitionId>(inputs_.size());
    inputs_.push_back(std::make_unique<Input>(id, format_, pool_.get(), pool_ ? options_.jobs + 1 : 1));
    inputs_.back()->last_arrival = clock_.Monotonic();
    windows_.AddPartition();
  }
}

Status LineLoop::Restore(PartitionId id, const PartitionWindows::Saved& saved, std::string_view chosen) {
  windows_.partition(id).Restore(saved);
  inputs_[id]->announced = !chosen.empty();
  return inputs_[id]->lines.Restore(saved.mark.line, chosen);
}

Status LineLoop::Run() {
  const StopsSource stops(source_);
  while (!StopRequested()) {
    AddNewPartitions();
    Result<Turn> turn = TakeTurn();
    if (!turn.ok()) return turn.status();
    if (Finished()) {
      reached_end_ = true;
      break;
    }
    const bool idle = *turn == Turn::kNothing;
    if (idle) {
      if (Status status = Advance(); !status.ok()) return status;  // time may go on without lines
    }
    if (Status status = events_.on_pause(idle); !status.ok()) return status;
    if (idle) {
      if (Status status = source_.Wait(WaitTime()); !status.ok()) return status;
    }
  }
  if (!reached_end_ || options_.stream_goes_on) return {};
  return windows_.CloseAll(events_.on_window);
}

// One partition, the one whose time is lowest, gets on by a block.
Result<LineLoop::Turn> LineLoop::TakeTurn() {
  order_.clear();
  for (PartitionId id = 0; id < inputs_.size(); ++id) {
    if (!inputs_[id]->ended) order_.push_back(id);
  }
  std::stable_sort(order_.begin(), order_.end(), [&](PartitionId a, PartitionId b) {
    return windows_.partition(a).provisional_maximum() < windows_.partition(b).provisional_maximum();
  });
  for (const PartitionId id : order_) {
    Result<bool> served = Serve(id);
    if (!served.ok()) return served.status();
    if (*served) return Turn::kProgress;
  }
  return Turn::kNothing;
}

// Whether the partition got on.
Result<bool> LineLoop::Serve(PartitionId id) {
  Input& input = *inputs_[id];
  if (windows_.partition(id).maximum() > ReadingLimit(SlowestBeside(id))) return false;
  Result<Progress> progress = input.lines.Fill(source_);
  if (!progress.ok()) return progress.status();
  switch (*progress) {
    case Progress::kMore: {
      input.idle = false;
      input.last_arrival = last_arrival_ = clock_.Monotonic();
      if (Status status = Consume(id); !status.ok()) return status;
      return true;
    }
    case Progress::kIdle:
      CheckIdle(id);
      return false;
    case Progress::kEnd:
      if (Status status = End(id); !status.ok()) return status;
      return true;
  }
  return false;
}

Status LineLoop::Consume(PartitionId id) {
  Input& input = *inputs_[id];
  const PartitionWindows& windows = windows_.partition(id);
  const Micros slowest = SlowestBeside(id);  // looked for once: the others stand still meanwhile
  const Micros limit = ReadingLimit(slowest);
  for (std::size_t lines = 0; lines < kLinesPerTurn && windows.maximum() <= limit; ++lines) {
    const PartitionInput::Item* item = input.lines.Peek();
    if (item == nullptr) break;
    if (!input.announced) Announce(id);
    if (Status status = ConsumeItem(id, *item); !status.ok()) return status;
    input.lines.Pop();
    const Micros lowest = std::min(slowest, windows.maximum());
    if (lowest != kNoTime && lowest - shape_.options.lateness >= windows_.next_close()) {
      if (Status status = Advance(); !status.ok()) return status;
    }
  }
  return {};
}

Status LineLoop::ConsumeItem(PartitionId id, const PartitionInput::Item& item) {
  PartitionWindows& windows = windows_.partition(id);
  const bool is_new = windows.IsNew(item.line);
  const std::uint64_t slow = inputs_[id]->lines.TakeSlowPath();
  if (is_new) windows_.counters().slow_path += slow;
  if (item.entry == nullptr) {
    windows.AddMalformed(item.position, item.line);
    if (is_new) events_.on_malformed(id, item.line + 1, item.text, item.reason);
    return {};
  }
  rules_.Apply(*item.entry, &request_);
  request_.raw = options_.keep_late_lines ? item.text : std::string_view();
  windows.Add(request_, item.position, item.line);
  return {};
}

Status LineLoop::End(PartitionId id) {
  inputs_[id]->ended = true;
  if (!options_.stream_goes_on) windows_.partition(id).ReleaseAll();
  return Advance();
}

void LineLoop::CheckIdle(PartitionId id) {
  Input& input = *inputs_[id];
  if (!source_.can_idle(id)) {  // an unreachable peer is not silent; its silence begins once it could speak
    input.idle = false;
    input.last_arrival = clock_.Monotonic();
    return;
  }
  if (input.idle || clock_.Monotonic() - input.last_arrival < shape_.options.idle_timeout) return;
  input.idle = true;
  windows_.partition(id).ReleaseAll();
}

void LineLoop::Announce(PartitionId id) {
  Input& input = *inputs_[id];
  if (input.lines.chosen().empty()) return;
  input.announced = true;
  LogNote(source_.partition_name(id) + ": " + std::string(input.lines.chosen()));
}

// The smallest over live partitions; kNoTime while one of them has no time yet.
Micros LineLoop::Watermark() const {
  Micros lowest = kNever;
  for (PartitionId id = 0; id < inputs_.size(); ++id) {
    if (IsLive(*inputs_[id])) lowest = std::min(lowest, windows_.partition(id).maximum());
  }
  if (lowest == kNever) return ClockWatermark();
  return lowest == kNoTime ? kNoTime : lowest - shape_.options.lateness;
}

// Nobody speaks: event time goes on as the clock does, from the last line on.
Micros LineLoop::ClockWatermark() const {
  const Micros latest = latest_time();
  if (latest == kNoTime) return kNoTime;
  const Micros silence = clock_.Monotonic() - last_arrival_;
  const bool all_ended = std::all_of(inputs_.begin(), inputs_.end(), [](const auto& input) { return input->ended; });
  if (all_ended && source_.complete()) return kNoTime;  // the end of the input, not silence
  if (silence < shape_.options.idle_timeout) return kNoTime;
  return latest + silence - shape_.options.lateness;
}

Micros LineLoop::latest_time() const {
  Micros latest = kNoTime;
  for (PartitionId id = 0; id < inputs_.size(); ++id) latest = std::max(latest, windows_.partition(id).maximum());
  return latest;
}

// The lowest maximum of the other live partitions; kNever if there is none.
Micros LineLoop::SlowestBeside(PartitionId id) const {
  Micros slowest = kNever;
  for (PartitionId other = 0; other < inputs_.size(); ++other) {
    if (other != id && IsLive(*inputs_[other])) slowest = std::min(slowest, windows_.partition(other).maximum());
  }
  return slowest;
}

// How far a partition may go: --max-skew beyond the slowest of the others.
Micros LineLoop::ReadingLimit(Micros slowest) const {
  if (slowest == kNever) return kNever;
  if (slowest == kNoTime) slowest = windows_.next_close();  // nothing closes before it has spoken
  if (slowest == kNever) return kNoTime;  // nor is there a window yet: no further than to the first maximum
  return slowest + shape_.options.max_skew_or_default();
}

Status LineLoop::Advance() { return windows_.CloseThrough(Watermark(), events_.on_window); }

// Until a partition becomes idle, or the next window closes by the clock.
Micros LineLoop::WaitTime() const {
  Micros wait = kLongestWait;
  bool any_live = false;
  for (PartitionId id = 0; id < inputs_.size(); ++id) {
    const Input& input = *inputs_[id];
    if (!IsLive(input)) continue;
    any_live = true;
    if (source_.can_idle(id))
      wait = std::min(wait, input.last_arrival + shape_.options.idle_timeout - clock_.Monotonic());
  }
  if (!any_live && latest_time() != kNoTime && windows_.next_close() != kNever) {
    const Micros silence = clock_.Monotonic() - last_arrival_;
    wait = std::min(wait, windows_.next_close() + shape_.options.lateness - latest_time() - silence);
    if (silence < shape_.options.idle_timeout) wait = std::max(wait, shape_.options.idle_timeout - silence);
  }
  return std::clamp<Micros>(wait, kMillisecond, kLongestWait);
}

bool LineLoop::Finished() const {
  if (!source_.complete() || inputs_.size() < source_.partition_count()) return false;
  return std::all_of(inputs_.begin(), inputs_.end(), [](const auto& input) { return input->ended; });
}

}  // namespace socklog
