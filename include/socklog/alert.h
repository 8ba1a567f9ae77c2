// The event socklog exists for. docs/alert.schema.json describes its JSON form.
#ifndef SOCKLOG_ALERT_H_
#define SOCKLOG_ALERT_H_

#include <cstdint>
#include <map>
#include <string>

#include "socklog/metric.h"
#include "socklog/time.h"

namespace socklog {

enum class AlertStatus : std::uint8_t { kFiring, kResolved };

// One change of state of one series. Plain data, owns its text.
struct Alert {
  std::string id;           // 32 hex digits: hash of fingerprint, status and starts_at
  std::string fingerprint;  // 32 hex digits: hash of labels, metric and key; names the series
  AlertStatus status = AlertStatus::kFiring;
  std::string severity;
  const Metric* metric = nullptr;  // never null in an emitted alert; static storage
  std::string key;                 // empty for a global metric
  std::map<std::string, std::string> labels;
  double value = 0;  // natural units; meaningless when samples is 0
  double score = 0;  // what was compared with the threshold
  double threshold = 0;
  std::string threshold_source;  // "default", "--threshold", "config.toml", or "t.toml 4f1c..." (name and hash)
  std::uint64_t samples = 0;
  std::uint64_t count_error = 0;
  std::string reason;       // firing: "over"; resolved: "below" or "no_data"
  Micros window_start = 0;  // of the window that changed the state
  Micros window_end = 0;
  Micros starts_at = 0;  // start of the first window over
  Micros ends_at = 0;    // end of the last window over so far
  std::string summary;   // a sentence
};

}  // namespace socklog

#endif  // SOCKLOG_ALERT_H_
