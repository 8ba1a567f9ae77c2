#include "pipeline/watermark.h"

#include <algorithm>
#include <utility>

namespace socklog {

Watermark::Watermark(const WindowOptions& options, const Clock& clock)
    : options_(options), clock_(clock), last_arrival_(clock.Monotonic()) {}

// A new partition must not hold up what could close before it came, or short-lived clients, each with a few lines,
// would together hold up everything for ever.
void Watermark::Add(PartitionId id, const PartitionWindows& windows) {
  const Micros floor = LowestKnown();
  members_.emplace(id, Member{&windows, floor, clock_.Monotonic()});
}

void Watermark::Remove(PartitionId id) {
  const auto member = members_.find(id);
  removed_ = std::max(removed_, member->second.windows->maximum());
  members_.erase(member);
}

void Watermark::Heard(PartitionId id, Micros now) {
  Member& member = members_.at(id);
  member.idle = false;
  member.last_arrival = last_arrival_ = now;
}

Watermark::Change Watermark::Quiet(PartitionId id, bool can_idle) {
  Member& member = members_.at(id);
  member.can_idle = can_idle;
  if (!can_idle) {  // an unreachable peer is not silent; its silence begins once it could speak
    member.last_arrival = clock_.Monotonic();
    return std::exchange(member.idle, false) ? Change::kLive : Change::kNone;
  }
  if (member.idle || !IsSilent(member)) return Change::kNone;
  member.idle = true;
  return Change::kIdle;
}

void Watermark::Ended(PartitionId id) {
  Member& member = members_.at(id);
  member.ended = true;
  member.last_arrival = clock_.Monotonic();
}

bool Watermark::IsSilent(const Member& member) const {
  return clock_.Monotonic() - member.last_arrival >= options_.idle_timeout;
}

bool Watermark::IsSettled(PartitionId id) const {
  const Member& member = members_.at(id);
  return member.ended && IsSilent(member);
}

Micros Watermark::latest() const {
  Micros latest = removed_;
  for (const auto& [id, member] : members_) latest = std::max(latest, member.windows->maximum());
  return latest;
}

// Nobody speaks. What ended or fell silent an idle-timeout ago is complete; when that is true of everything, event time
// goes on as the clock does.
Micros Watermark::WithoutLive() const {
  const Micros silence = clock_.Monotonic() - last_arrival_;
  if (silence >= options_.idle_timeout) {
    const Micros latest_time = latest();
    return latest_time == kNoTime ? kNoTime : latest_time + silence;
  }
  Micros settled = removed_;
  for (const auto& [id, member] : members_) {
    if (IsSilent(member)) settled = std::max(settled, member.windows->maximum());
  }
  return settled;
}

// Without those that have not spoken yet.
Micros Watermark::LowestKnown() const {
  Micros lowest = kNever;
  for (const auto& [id, member] : members_) {
    if (member.IsLive() && member.windows->maximum() != kNoTime) lowest = std::min(lowest, member.windows->maximum());
  }
  return lowest == kNever ? WithoutLive() : lowest;
}

Micros Watermark::Current(bool complete) const {
  Micros lowest = kNever;
  bool all_ended = true;
  for (const auto& [id, member] : members_) {
    all_ended = all_ended && member.ended;
    if (member.IsLive()) lowest = std::min(lowest, member.Time());
  }
  if (all_ended && complete) return kNoTime;  // the end of the input, not silence
  if (lowest == kNever) lowest = WithoutLive();
  return lowest == kNoTime ? kNoTime : lowest - options_.lateness;
}

Watermark::Slowest Watermark::FindSlowest() const {
  Slowest slowest;
  for (const auto& [id, member] : members_) {
    if (!member.IsLive()) continue;
    const Micros time = member.Time();
    if (time < slowest.first) {
      slowest.second = slowest.first;
      slowest.first = time;
      slowest.id = id;
    } else {
      slowest.second = std::min(slowest.second, time);
    }
  }
  return slowest;
}

Micros Watermark::WaitTime(Micros next_close) const {
  const Micros now = clock_.Monotonic();
  Micros wait = kNever;
  bool any_live = false;
  for (const auto& [id, member] : members_) {
    any_live = any_live || member.IsLive();
    const bool can_become_silent = (member.can_idle || member.ended) && !IsSilent(member);
    if (can_become_silent) wait = std::min(wait, member.last_arrival + options_.idle_timeout - now);
  }
  if (any_live || next_close == kNever || latest() == kNoTime) return wait;
  const Micros silence = now - last_arrival_;
  if (silence < options_.idle_timeout) return std::min(wait, options_.idle_timeout - silence);
  return std::min(wait, next_close + options_.lateness - latest() - silence);
}

}  // namespace socklog
