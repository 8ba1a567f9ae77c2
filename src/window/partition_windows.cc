#include "window/partition_windows.h"

#include <algorithm>
#include <utility>

namespace socklog {

PartitionWindows::PartitionWindows(const WindowShape& shape, PanePool& pool, LineCounters& counters,
                                   LatenessHistogram& lateness, std::string* late_lines)
    : shape_(shape), pool_(pool), counters_(counters), lateness_(lateness), late_lines_(late_lines) {}

Request PartitionWindows::Waiting::OwnRequest() const {
  Request own = request;
  for (std::size_t d = 0; d < kKeyedDimensionCount; ++d) own.keys[d].data = keys[d].data();
  return own;
}

Micros PartitionWindows::PaneStart(Micros time) const {
  const Micros slide = shape_.options.slide_or_window();
  const Micros rest = time % slide;
  return time - (rest < 0 ? rest + slide : rest);
}

PartitionWindows::Added PartitionWindows::Add(std::span<const Request> requests, const BlockPlace& place,
                                              Micros stop_at) {
  Added added;
  const std::size_t panes = panes_.size();
  while (added.taken < requests.size()) {
    const std::span<const Request> rest = LookUp(requests.subspan(added.taken));
    const std::size_t plain = AddPlain(rest, place, stop_at);
    if (plain > 0) {
      added.taken += plain;
      looked_up_ += plain;
      added.tells_time = true;
      continue;
    }
    ++added.taken;
    ++looked_up_;
    if (AddLine(rest.front(), place)) added.tells_time = true;
    if (maximum_ >= stop_at || panes_.size() != panes) break;
  }
  return added;
}

// Some of the requests, those at the front, whose ids are known now. What was looked up and not added yet is at the
// front of the next call: requests come in their order.
std::span<const Request> PartitionWindows::LookUp(std::span<const Request> requests) {
  if (looked_up_ == looked_up_end_) {
    looked_up_ = 0;
    looked_up_end_ = pool_.LookUp(requests, current_, &ids_);
  }
  return requests.first(std::min(requests.size(), looked_up_end_ - looked_up_));
}

// The lines at the front that belong to the current pane, with nothing else to decide about them. Returns how many.
std::size_t PartitionWindows::AddPlain(std::span<const Request> requests, const BlockPlace& place, Micros stop_at) {
  const WindowOptions& options = shape_.options;
  const Micros pane_end = current_start_ + options.slide_or_window();
  if (current_ == nullptr || pane_end <= closed_through_ || !waiting_.empty() || maximum_ >= stop_at ||
      !IsNew(place.first_line + requests.front().line))
    return 0;
  const Micros first = std::max(current_start_, shape_.since.value_or(current_start_));
  const Micros end = std::min({pane_end, shape_.until.value_or(pane_end), stop_at, maximum_ + options.max_ahead + 1});
  std::uint64_t not_behind = 0;
  std::uint64_t ignored = 0;
  std::uint64_t slow_path = 0;
  std::size_t taken = 0;
  for (; taken < requests.size(); ++taken) {
    const Request& request = requests[taken];
    const Micros time = request.time;
    if (time < first || time >= end || time < maximum_ - options.lateness) break;
    if (time < maximum_) {
      lateness_.Add(maximum_ - time);
    } else {
      maximum_ = time;
      ++not_behind;
    }
    ignored += request.ignored ? 1 : 0;
    slow_path += request.slow_path ? 1 : 0;
  }
  if (taken == 0) return 0;
  lateness_.AddNotBehind(not_behind);
  counters_.counted += taken - ignored;
  counters_.ignored += ignored;
  counters_.slow_path += slow_path;
  See(requests[taken - 1], place);
  current_->Count(requests.first(taken), ids_, looked_up_);
  return taken;
}

void PartitionWindows::See(const Request& request, const BlockPlace& place) {
  const std::uint64_t number = place.first_line + request.line;
  next_line_ = number + 1;
  last_ = {place.block.PositionAt(request.offset), number, maximum_};
}

// False: it is outside [since, until) and tells nothing of how far the partition is.
bool PartitionWindows::AddLine(const Request& request, const BlockPlace& place) {
  See(request, place);
  const std::uint64_t number = last_.line;
  if (IsNew(number) && request.slow_path) ++counters_.slow_path;
  const bool outside =
      (shape_.since && request.time < *shape_.since) || (shape_.until && request.time >= *shape_.until);
  if (outside) {
    if (IsNew(number)) ++counters_.outside;
    return false;
  }
  const std::string_view text =
      late_lines_ == nullptr ? std::string_view() : place.block.Line(request.offset, request.size);
  const Line line{request, last_, number, text};
  if (maximum_ == kNoTime) {
    Wait(line);
    if (waiting_.size() == kMaxHeld) Start();
  } else {
    Admit(line);
  }
  last_.maximum = maximum_;
  return true;
}

void PartitionWindows::AddMalformed(Position position, std::uint64_t line) {
  next_line_ = line + 1;
  last_ = {position, line, maximum_};
  if (IsNew(line)) ++counters_.malformed;
}

void PartitionWindows::Wait(const Line& line) {
  if (waiting_.empty()) waiting_mark_ = line.mark;
  Waiting& waiting = waiting_.emplace_back(Waiting{line.request, {}, line.number, std::string(line.text)});
  for (std::size_t d = 0; d < kKeyedDimensionCount; ++d) {
    waiting.keys[d].reserve(line.request.keys[d].size + TextArena::kPadding);
    waiting.keys[d].assign(line.request.keys[d].text()).append(TextArena::kPadding, '\0');
  }
}

// The first maximum is the smallest of the first times: a stray time stamp among them cannot make the others late.
void PartitionWindows::Start() {
  const std::vector<Waiting> first = std::exchange(waiting_, {});
  const Mark start = waiting_mark_;
  maximum_ = std::min_element(first.begin(), first.end(), [](const Waiting& a, const Waiting& b) {
               return a.request.time < b.request.time;
             })->request.time;
  for (const Waiting& waiting : first) {
    const Request request = waiting.OwnRequest();
    Admit({request, start, waiting.number, waiting.text});
  }
}

// What waited was right: the times go on from there.
void PartitionWindows::AcceptWaiting() {
  const std::vector<Waiting> right = std::exchange(waiting_, {});
  const Mark start = waiting_mark_;
  for (const Waiting& waiting : right) {
    const Request request = waiting.OwnRequest();
    Accept({request, start, waiting.number, waiting.text});
  }
}

void PartitionWindows::ReleaseAll() {
  if (waiting_.empty()) return;
  const Micros late_before = maximum_ == kNoTime ? kNoTime : maximum_ - shape_.options.lateness;
  if (maximum_ == kNoTime) Start();
  AcceptWaiting();
  late_by_silence_from_ = std::min(late_by_silence_from_, late_before);
  last_.maximum = maximum_;
}

void PartitionWindows::Admit(const Line& line) {
  const Micros time = line.request.time;
  if (time > maximum_ + shape_.options.max_ahead) {
    Wait(line);
    if (waiting_.size() == kMaxHeld) AcceptWaiting();
    return;
  }
  if (!waiting_.empty() && time >= maximum_) {  // time goes on here, so what waited was wrong
    for (const Waiting& waiting : waiting_) {
      if (CountsNow(waiting.number)) ++counters_.ahead;
    }
    waiting_.clear();
  }
  Line accepted = line;
  if (!waiting_.empty()) accepted.mark = waiting_mark_;
  Accept(accepted);
}

// Whether the line counts, now that its fate is known: false where an earlier run has counted it.
bool PartitionWindows::CountsNow(std::uint64_t number) {
  if (IsNew(number)) return true;
  const auto found = std::find(uncounted_.begin(), uncounted_.end(), number);
  if (found == uncounted_.end()) return false;
  uncounted_.erase(found);
  return true;
}

void PartitionWindows::Accept(const Line& line) {
  const bool counts = CountsNow(line.number);
  const Micros time = line.request.time;
  const Micros start = PaneStart(time);
  const bool late = time < maximum_ - shape_.options.lateness;
  // The first window that holds a pane ends with it, the last one starts with it.
  const bool closed = start + shape_.options.slide_or_window() <= closed_through_;
  const bool gone = start + shape_.options.window <= closed_through_;
  if (counts) lateness_.Add(time < maximum_ ? maximum_ - time : 0);
  maximum_ = std::max(maximum_, time);
  if (late || (closed && counts)) {
    if (counts) CountLate(line.text, !late || time >= late_by_silence_from_);
    return;
  }
  if (counts) ++(line.request.ignored ? counters_.ignored : counters_.counted);
  if (!gone) PaneAt(start, line.mark)->Count({&line.request, 1});
}

void PartitionWindows::CountLate(std::string_view text, bool after_idle) {
  ++counters_.late;
  if (after_idle) ++counters_.late_after_idle;
  if (late_lines_ == nullptr) return;
  late_lines_->append(text);
  late_lines_->push_back('\n');
}

Pane* PartitionWindows::PaneAt(Micros start, const Mark& mark) {
  if (current_ != nullptr && current_start_ == start) return current_;
  auto place = panes_.begin() + (FirstPaneFrom(start) - panes_.cbegin());
  if (place == panes_.end() || place->start != start) place = panes_.insert(place, {start, mark, pool_.Take()});
  current_start_ = start;
  current_ = place->pane;
  return current_;
}

std::deque<OpenPane>::const_iterator PartitionWindows::FirstPaneFrom(Micros start) const {
  return std::lower_bound(panes_.begin(), panes_.end(), start,
                          [](const OpenPane& pane, Micros from) { return pane.start < from; });
}

void PartitionWindows::DropPanesBefore(Micros start) {
  while (!panes_.empty() && panes_.front().start < start) {
    pool_.Give(panes_.front().pane);
    panes_.pop_front();
  }
  if (current_start_ < start) current_ = nullptr;
}

PartitionWindows::Saved PartitionWindows::Save() const {
  Saved saved;
  saved.mark = last_;
  saved.frontier = std::max(frontier_, next_line_);
  saved.uncounted = uncounted_;
  for (const Waiting& waiting : waiting_) {
    if (IsNew(waiting.number)) saved.uncounted.push_back(waiting.number);
  }
  const auto earlier = [&](const Mark& mark) {
    if (mark.line < saved.mark.line) saved.mark = mark;
  };
  for (const OpenPane& pane : panes_) earlier(pane.mark);
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
