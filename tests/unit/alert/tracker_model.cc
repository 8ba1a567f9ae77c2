#include "tracker_model.h"

namespace socklog::testing {
namespace {

std::string Text(const char* status, const std::string& reason, Micros start, Micros end, Micros starts_at,
                 Micros ends_at) {
  const auto seconds = [](Micros time) { return std::to_string(time / kSecond); };
  return std::string(status) + " " + reason + " [" + seconds(start) + "," + seconds(end) + ") " + seconds(starts_at) +
         ".." + seconds(ends_at);
}

}  // namespace

std::string AlertText(const Alert& alert) {
  const char* status = alert.status == AlertStatus::kFiring ? "firing" : "resolved";
  return Text(status, alert.reason, alert.window_start, alert.window_end, alert.starts_at, alert.ends_at);
}

std::vector<std::string> ModelAlerts(const std::vector<SeenWindow>& windows, Micros for_time, Micros keep_firing_for) {
  std::vector<std::string> alerts;
  std::size_t since = 0;  // nothing before it matters: the last alert was resolved there
  bool firing = false;
  Micros starts_at = 0;
  for (std::size_t i = 0; i < windows.size(); ++i) {
    const SeenWindow& now = windows[i];
    // The run of windows up to this one that are all over, or all below.
    const auto run_start = [&](auto belongs) {
      std::size_t first = i;
      while (first > since && belongs(windows[first - 1].seen)) --first;
      return windows[first].start;
    };
    const auto over = [](Seen seen) { return seen == Seen::kOver; };
    const auto below = [](Seen seen) { return seen == Seen::kBelow || seen == Seen::kNoData; };
    if (!firing && over(now.seen) && now.end - run_start(over) >= for_time) {
      firing = true;
      starts_at = run_start(over);
      alerts.push_back(Text("firing", "over", now.start, now.end, starts_at, now.end));
    } else if (firing && below(now.seen) && now.end - run_start(below) >= keep_firing_for) {
      firing = false;
      Micros ends_at = 0;
      for (std::size_t j = since; j < i; ++j) {
        if (over(windows[j].seen)) ends_at = windows[j].end;
      }
      alerts.push_back(
          Text("resolved", now.seen == Seen::kBelow ? "below" : "no_data", now.start, now.end, starts_at, ends_at));
      since = i + 1;
    }
  }
  return alerts;
}

}  // namespace socklog::testing
