#include "window/partition_windows.h"

#include <algorithm>

namespace socklog {

std::unique_ptr<Pane> PanePool::Take() {
  if (!free_.empty()) {
    std::unique_ptr<Pane> pane = std::move(free_.back());
    free_.pop_back();
    return pane;
  }
  auto pane = std::make_unique<Pane>();
  for (std::size_t d = 0; d < kDimensionCount; ++d) {
    if (shape_.dimensions[d] && d != static_cast<std::size_t>(Dimension::kGlobal))
      pane->tables[d] = std::make_unique<KeyTable>(shape_.max_keys);
  }
  return pane;
}

void PanePool::Give(std::unique_ptr<Pane> pane) {
  if (free_.size() >= kKept) return;
  pane->total = Cell();
  for (std::unique_ptr<KeyTable>& table : pane->tables) {
    if (table) table->Clear();
  }
  free_.push_back(std::move(pane));
}

PartitionWindows::PartitionWindows(const WindowShape& shape, PanePool& pool, LineCounters& counters,
                                   LatenessHistogram& lateness, std::string* late_lines)
    : shape_(shape), pool_(pool), counters_(counters), lateness_(lateness), late_lines_(late_lines) {}

CountedRequest PartitionWindows::Waiting::View() const {
  CountedRequest request;
  request.time = time;
  request.cell = cell;
  request.ignored = ignored;
  request.raw = raw;
  for (std::size_t d = 0; d < kDimensionCount; ++d) request.keys[d] = keys[d];
  return request;
}

Micros PartitionWindows::PaneStart(Micros time) const {
  const Micros slide = shape_.options.slide_or_window();
  const Micros rest = time % slide;
  return time - (rest < 0 ? rest + slide : rest);
}

bool PartitionWindows::Add(const CountedRequest& request, Position position, std::uint64_t line) {
  const Mark mark{position, line, maximum_};
  next_line_ = line + 1;
  last_ = {position, line, maximum_};
  const bool outside =
      (shape_.since && request.time < *shape_.since) || (shape_.until && request.time >= *shape_.until);
  if (outside) {
    if (IsNew(line)) ++counters_.outside;
  } else if (maximum_ == kNoTime) {
    Wait(request, mark, line);
    if (waiting_.size() == kMaxHeld) Start();
  } else {
    Admit(request, mark, line);
  }
  last_.maximum = maximum_;
  return !outside;
}

void PartitionWindows::AddMalformed(Position position, std::uint64_t line) {
  next_line_ = line + 1;
  last_ = {position, line, maximum_};
  if (IsNew(line)) ++counters_.malformed;
}

void PartitionWindows::Wait(const CountedRequest& request, const Mark& mark, std::uint64_t line) {
  if (waiting_.empty()) waiting_mark_ = mark;
  Waiting& waiting = waiting_.emplace_back();
  waiting.time = request.time;
  waiting.cell = request.cell;
  waiting.ignored = request.ignored;
  waiting.line = line;
  waiting.raw = request.raw;
  for (std::size_t d = 0; d < kDimensionCount; ++d) waiting.keys[d] = request.keys[d];
}

// The first maximum is the smallest of the first times: a stray time stamp among them cannot make the others late.
void PartitionWindows::Start() {
  std::vector<Waiting> first = std::move(waiting_);
  waiting_.clear();
  const Mark start = waiting_mark_;
  maximum_ = std::min_element(first.begin(), first.end(), [](const Waiting& a, const Waiting& b) {
               return a.time < b.time;
             })->time;
  for (const Waiting& waiting : first) Admit(waiting.View(), start, waiting.line);
}

// What waited was right: the times go on from there.
void PartitionWindows::AcceptWaiting() {
  std::vector<Waiting> right = std::move(waiting_);
  waiting_.clear();
  const Mark start = waiting_mark_;
  for (const Waiting& waiting : right) Accept(waiting.View(), start, waiting.line);
}

void PartitionWindows::ReleaseAll() {
  if (waiting_.empty()) return;
  const Micros late_before = maximum_ == kNoTime ? kNoTime : maximum_ - shape_.options.lateness;
  if (maximum_ == kNoTime) Start();
  AcceptWaiting();
  late_by_silence_from_ = std::min(late_by_silence_from_, late_before);
  last_.maximum = maximum_;
}

void PartitionWindows::Admit(const CountedRequest& request, const Mark& mark, std::uint64_t line) {
  if (request.time > maximum_ + shape_.options.max_ahead) {
    Wait(request, mark, line);
    if (waiting_.size() == kMaxHeld) AcceptWaiting();
    return;
  }
  if (!waiting_.empty() && request.time >= maximum_) {  // time goes on here, so what waited was wrong
    for (const Waiting& waiting : waiting_) {
      if (CountsNow(waiting.line)) ++counters_.ahead;
    }
    waiting_.clear();
  }
  Accept(request, waiting_.empty() ? mark : waiting_mark_, line);
}

// Whether the line counts, now that its fate is known: false where an earlier run has counted it.
bool PartitionWindows::CountsNow(std::uint64_t line) {
  if (IsNew(line)) return true;
  const auto found = std::find(uncounted_.begin(), uncounted_.end(), line);
  if (found == uncounted_.end()) return false;
  uncounted_.erase(found);
  return true;
}

void PartitionWindows::Accept(const CountedRequest& request, const Mark& mark, std::uint64_t line) {
  const bool counts = CountsNow(line);
  const Micros start = PaneStart(request.time);
  const bool late = request.time < maximum_ - shape_.options.lateness;
  // The first window that holds a pane ends with it, the last one starts with it.
  const bool closed = start + shape_.options.slide_or_window() <= closed_through_;
  const bool gone = start + shape_.options.window <= closed_through_;
  if (counts) lateness_.Add(request.time < maximum_ ? maximum_ - request.time : 0);
  maximum_ = std::max(maximum_, request.time);
  if (late || (closed && counts)) {
    if (counts) CountLate(request, !late || request.time >= late_by_silence_from_);
    return;
  }
  if (counts) ++(request.ignored ? counters_.ignored : counters_.counted);
  if (!gone) Count(request, PaneAt(start, mark));
}

void PartitionWindows::CountLate(const CountedRequest& request, bool after_idle) {
  ++counters_.late;
  if (after_idle) ++counters_.late_after_idle;
  if (late_lines_ == nullptr) return;
  late_lines_->append(request.raw);
  late_lines_->push_back('\n');
}

void PartitionWindows::Count(const CountedRequest& request, Pane* pane) {
  if (request.ignored) return;
  pane->total += request.cell;
  for (std::size_t d = 0; d < kDimensionCount; ++d) {
    if (pane->tables[d] && !request.keys[d].empty()) pane->tables[d]->Add(request.keys[d], request.cell);
  }
}

Pane* PartitionWindows::PaneAt(Micros start, const Mark& mark) {
  if (current_ != nullptr && current_start_ == start) return current_;
  std::unique_ptr<Pane>& pane = panes_[start];
  if (!pane) {
    pane = pool_.Take();
    marks_.emplace(start, mark);
  }
  current_start_ = start;
  current_ = pane.get();
  return current_;
}

void PartitionWindows::DropPanesBefore(Micros start) {
  while (!panes_.empty() && panes_.begin()->first < start) {
    pool_.Give(std::move(panes_.begin()->second));
    marks_.erase(panes_.begin()->first);
    panes_.erase(panes_.begin());
    current_ = nullptr;
  }
}

PartitionWindows::Saved PartitionWindows::Save() const {
  Saved saved;
  saved.mark = last_;
  saved.frontier = std::max(frontier_, next_line_);
  saved.uncounted = uncounted_;
  for (const Waiting& waiting : waiting_) {
    if (IsNew(waiting.line)) saved.uncounted.push_back(waiting.line);
  }
  const auto earlier = [&](const Mark& mark) {
    if (mark.line < saved.mark.line) saved.mark = mark;
  };
  for (const auto& [start, mark] : marks_) earlier(mark);
  if (!waiting_.empty()) earlier(waiting_mark_);
  return saved;
}

void PartitionWindows::Restore(const Saved& saved) {
  last_ = saved.mark;
  maximum_ = saved.mark.maximum;
  next_line_ = saved.mark.line;
  frontier_ = saved.frontier;
  uncounted_ = saved.uncounted;
}

void EncodeSaved(const PartitionWindows::Saved& saved, SnapshotWriter* out) {
  out->U64(saved.mark.line);
  out->Time(saved.mark.maximum);
  out->U64(saved.frontier);
  out->U64(saved.uncounted.size());
  for (const std::uint64_t line : saved.uncounted) out->U64(line);
}

PartitionWindows::Saved DecodeSaved(SnapshotReader* in) {
  PartitionWindows::Saved saved;
  saved.mark.line = in->U64();
  saved.mark.maximum = in->Time();
  saved.frontier = in->U64();
  saved.uncounted.resize(in->Count(sizeof(std::uint64_t)));
  for (std::uint64_t& line : saved.uncounted) line = in->U64();
  return saved;
}

}  // namespace socklog
