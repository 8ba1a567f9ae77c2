// The life cycle of one series as DESIGN tells it, looking back over all windows at each one.
#ifndef SOCKLOG_TESTS_UNIT_ALERT_TRACKER_MODEL_H_
#define SOCKLOG_TESTS_UNIT_ALERT_TRACKER_MODEL_H_

#include <string>
#include <vector>

#include "socklog/alert.h"
#include "socklog/options.h"

namespace socklog::testing {

enum class Seen { kOver, kBetween, kBelow, kNoData };

struct SeenWindow {
  Micros start = 0;
  Micros end = 0;
  Seen seen = Seen::kNoData;
};

// What is written of one alert: "firing over [start,end) starts_at..ends_at", times in seconds.
std::string AlertText(const Alert& alert);

std::vector<std::string> ModelAlerts(const std::vector<SeenWindow>& windows, Micros for_time, Micros keep_firing_for);

}  // namespace socklog::testing

#endif  // SOCKLOG_TESTS_UNIT_ALERT_TRACKER_MODEL_H_
