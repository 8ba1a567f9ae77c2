#include "pipeline/line_loop.h"

#include <algorithm>

#include "base/log.h"
#include "base/text.h"
#include "pipeline/jobs.h"
#include "pipeline/stop.h"

namespace socklog {
namespace {

constexpr Micros kLongestWait = kSecond;  // so that progress and snapshots go on
// More than one for each thread: the others read on while a window is closed, which takes milliseconds. Still more of
// them leave the cache before they are counted.
constexpr std::size_t kBlocksAhead = 14;

ParsePoolOptions PoolOptions(const LoopOptions& options) {
  ParsePoolOptions pool;
  pool.threads = options.jobs - 1;
  pool.blocks_ahead = options.jobs + kBlocksAhead;
  pool.most_blocks = std::max(pool.most_blocks, pool.blocks_ahead);
  if (options.impatient) pool.long_block = pool.enough_text = 1;
  return pool;
}

}  // namespace

LineLoop::LineLoop(Source& source, const LogFormat& format, const KeyRules& rules, WindowAggregator& windows,
                   const WindowShape& shape, const Clock& clock, const LoopOptions& options, LoopEvents events)
    : source_(source),
      format_(format),
      windows_(windows),
      shape_(shape),
      clock_(clock),
      options_(options),
      events_(std::move(events)),
      tools_(rules),
      pool_(options.jobs > 1 ? std::make_unique<ParsePool>(PoolOptions(options), rules) : nullptr),
      watermark_(shape.options, clock) {
  AddNewPartitions();
}

void LineLoop::AddNewPartitions() {
  if (seen_ < source_.partition_count()) ForgetSettledPartitions();
  while (seen_ < source_.partition_count()) {
    const auto id = static_cast<PartitionId>(seen_++);
    PartitionWindows& windows = windows_.AddPartition();
    auto input = std::make_unique<Input>(id, windows);
    input->lines = std::make_unique<PartitionInput>(id, source_, format_, pool_.get(), tools_);
    inputs_.emplace(id, std::move(input));
    watermark_.Add(id, windows);
  }
}

// So that a listening run needs no more memory for each client it ever had. What can be read again stays: the state
// speaks of it.
void LineLoop::ForgetSettledPartitions() {
  for (auto at = inputs_.begin(); at != inputs_.end();) {
    const PartitionId id = at->first;
    const bool in_use = !at->second->windows.panes().empty() || !source_.EncodePosition(id, {}).empty();
    if (!watermark_.IsSettled(id) || in_use) {
      ++at;
      continue;
    }
    watermark_.Remove(id);
    windows_.RemovePartition(id);
    source_.Forget(id);
    at = inputs_.erase(at);
  }
}

Status LineLoop::Restore(PartitionId id, const PartitionWindows::Saved& saved, std::string_view chosen) {
  Input& input = *inputs_.at(id);
  input.windows.Restore(saved);
  input.announced = !chosen.empty();
  return input.lines->Restore(saved.mark.line, chosen);
}

std::vector<PartitionId> LineLoop::partitions() const {
  std::vector<PartitionId> ids;
  for (const auto& [id, input] : inputs_) ids.push_back(id);
  return ids;
}

std::string_view LineLoop::chosen(PartitionId id) const {
  const Input& input = *inputs_.at(id);
  return input.lines ? input.lines->chosen() : input.chosen;
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
    if (*turn != Turn::kProgress) {
      if (Status status = Advance(); !status.ok()) return status;  // time may go on without lines
    }
    if (Status status = events_.on_pause(idle); !status.ok()) return status;
    if (idle) {
      if (Status status = source_.Wait(WaitTime()); !status.ok()) return status;
    }
  }
  if (!reached_end_ || options_.stream_goes_on) return {};
  return UnlessStopped(windows_.CloseAll([this](const WindowReport& report) { return OnWindow(report); }));
}

// One partition, the one whose time is lowest, gets on by a block; noise on the way does not keep it from that.
Result<LineLoop::Turn> LineLoop::TakeTurn() {
  order_.clear();
  for (const auto& [id, input] : inputs_) {
    if (!input->ended()) order_.push_back(input.get());
  }
  std::stable_sort(order_.begin(), order_.end(), [](const Input* a, const Input* b) {
    return a->windows.provisional_maximum() < b->windows.provisional_maximum();
  });
  slowest_ = watermark_.FindSlowest();
  Turn best = Turn::kNothing;
  for (Input* input : order_) {
    Result<Turn> turn = Serve(input);
    if (!turn.ok() || *turn == Turn::kProgress) return turn;
    best = std::max(best, *turn);
  }
  return best;
}

Result<LineLoop::Turn> LineLoop::Serve(Input* input) {
  if (input->windows.maximum() > ReadingLimit(slowest_.Beside(input->id))) return Turn::kNothing;
  Result<Progress> progress = input->lines->Fill();
  if (!progress.ok()) return progress.status();
  Result<Turn> turn = Turn::kNothing;
  switch (*progress) {
    case Progress::kMore:
      turn = Consume(input);
      break;
    case Progress::kIdle:
      break;
    case Progress::kEnd:
      if (Status status = End(input); !status.ok()) return status;
      return Turn::kProgress;
  }
  if (turn.ok() && *turn != Turn::kProgress) CheckSilence(input);
  return turn;
}

// Of a partition that brought nothing, or noise: it may be idle now.
void LineLoop::CheckSilence(Input* input) {
  const Watermark::Change change = watermark_.Quiet(input->id, source_.can_idle(input->id));
  if (change == Watermark::Change::kIdle) input->windows.ReleaseAll();
  if (change != Watermark::Change::kNone) slowest_ = watermark_.FindSlowest();
}

// The rest of the block in hand, or as much of it as may be read now.
Result<LineLoop::Turn> LineLoop::Consume(Input* input) {
  Turn turn = Turn::kNoise;
  PartitionInput& lines = *input->lines;
  const Micros slowest = slowest_.Beside(input->id);  // the others stand still meanwhile
  const Micros limit = ReadingLimit(slowest);
  if (!input->announced) Announce(input);
  while (lines.has_lines() && input->windows.maximum() <= limit && !stopped_) {
    if (const MalformedLine* malformed = lines.malformed()) {
      ConsumeMalformed(input, *malformed);
      continue;
    }
    const PartitionWindows::Added added = input->windows.Add(lines.requests(), lines.place(), StopAt(slowest, limit));
    lines.PopRequests(added.taken);
    if (added.tells_time && turn == Turn::kNoise) {
      watermark_.Heard(input->id, clock_.Monotonic());
      turn = Turn::kProgress;
    }
    const Micros lowest = std::min(slowest, input->windows.maximum());
    if (lowest != kNoTime && lowest - shape_.options.lateness >= windows_.next_close()) {
      if (Status status = Advance(); !status.ok()) return status;
    }
  }
  return turn;
}

// The maximum at which a partition must stop: a window may close then, or it is as far ahead as it may be.
Micros LineLoop::StopAt(Micros slowest, Micros limit) const {
  const Micros too_far = limit == Watermark::kNever ? limit : limit + 1;
  const Micros next_close = windows_.next_close();
  if (next_close == Watermark::kNever) return too_far;
  const Micros closes = next_close + shape_.options.lateness;
  return slowest < closes ? too_far : std::min(closes, too_far);
}

void LineLoop::ConsumeMalformed(Input* input, const MalformedLine& line) {
  const PartitionWindows::BlockPlace place = input->lines->place();
  const std::uint64_t number = place.first_line + line.line;
  const bool is_new = input->windows.IsNew(number);
  input->windows.AddMalformed(place.block.PositionAt(line.offset), number);
  if (is_new) events_.on_malformed(input->id, number + 1, place.block.Line(line.offset, line.size), line.reason);
  input->lines->PopMalformed();
}

Status LineLoop::End(Input* input) {
  input->chosen = input->lines->chosen();
  input->lines.reset();
  watermark_.Ended(input->id);
  if (!options_.stream_goes_on) input->windows.ReleaseAll();
  return Advance();
}

void LineLoop::Announce(Input* input) {
  if (input->lines->chosen().empty()) return;
  input->announced = true;
  const std::string format(input->lines->chosen());
  const std::string note = source_.partition_name(input->id) + ": " + format;
  // One line for each client that ever connects would bury all else.
  const bool told = !told_formats_.insert(format).second && !source_.complete();
  told ? LogDetail(note) : LogNote(note);
}

Status LineLoop::OnWindow(const WindowReport& report) {
  Status status = events_.on_window(report);
  if (!status.ok() || !StopRequested()) return status;
  stopped_ = true;
  return Status::Failed("stopped");
}

// A signal ends the closing between two windows, and that is no failure.
Status LineLoop::UnlessStopped(const Status& status) const { return stopped_ ? Status() : status; }

// How far a partition may go: --max-skew beyond the slowest of the others.
Micros LineLoop::ReadingLimit(Micros slowest) const {
  if (slowest == Watermark::kNever) return Watermark::kNever;
  if (slowest == kNoTime) slowest = windows_.next_close();  // nothing closes before it has spoken
  if (slowest == Watermark::kNever) return kNoTime;  // nor is there a window yet: no further than to the first maximum
  return slowest + shape_.options.max_skew_or_default();
}

Status LineLoop::Advance() {
  return UnlessStopped(windows_.CloseThrough(watermark_.Current(source_.complete()),
                                             [this](const WindowReport& report) { return OnWindow(report); }));
}

Micros LineLoop::WaitTime() const {
  return std::clamp<Micros>(watermark_.WaitTime(windows_.next_close()), kMillisecond, kLongestWait);
}

bool LineLoop::Finished() const {
  if (!source_.complete() || seen_ < source_.partition_count()) return false;
  return std::all_of(inputs_.begin(), inputs_.end(), [](const auto& input) { return input.second->ended(); });
}

}  // namespace socklog
