// Thresholds as `socklog thresholds` makes them and `analyze` loads them: the values, and all they were made with.
#ifndef SOCKLOG_THRESHOLDS_H_
#define SOCKLOG_THRESHOLDS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "socklog/options.h"

namespace socklog {

struct ThresholdEntry {
  std::string metric;
  double threshold = 0;           // compared with the score
  std::uint64_t min_samples = 1;  // a series with fewer samples is not judged
  bool calibrated = true;         // false: the metric's default, since too few windows of history were judged
  std::uint64_t judged_windows = 0;
};

// A threshold holds for the windows and keys it was made with, so the file records them and analyze takes them from it.
struct ThresholdSet {
  std::vector<ThresholdEntry> entries;  // in the order of the registry
  WindowOptions window;                 // window, slide, lateness, event_time
  KeyOptions keys;                      // user, client, ipv6_prefix, url rules, errors

  // How the file came to be; for the reader, and for warnings when it does not fit any more.
  double budget = 0.01;
  double holdout_alert_rate = 0;  // NaN: nothing was held out
  double holdout_ci_low = 0;
  double holdout_ci_high = 0;
  std::uint64_t windows_judged = 0;
  std::uint64_t holdout_windows = 0;
  std::string made_from;  // first and last event time, RFC 3339, "A .. B"

  std::string source;  // when loaded: file name and the first 8 hex digits of the file's hash
};

}  // namespace socklog

#endif  // SOCKLOG_THRESHOLDS_H_
