// A metric is a formula over the cell of one key in one window. docs/adding-a-metric.md walks through a new one.
#ifndef SOCKLOG_METRIC_H_
#define SOCKLOG_METRIC_H_

#include <cstdint>
#include <string_view>

#include "socklog/cell.h"
#include "socklog/time.h"

namespace socklog {

enum class MetricKind : std::uint8_t {
  kRatio,  // value = numerator / denominator; the score is its lower Wilson bound
  kCount,  // value = score = numerator, events in the window
  kRate,   // value = score = numerator / window length in seconds
};

// A row of the registry: constant, static storage. Functions must be pure.
struct Metric {
  std::string_view name;   // as in flags, configuration, alerts: lower case and underscores
  std::string_view help;   // completes "NAME is the ..."
  std::string_view unit;   // "ratio", "requests", "requests/s"
  std::string_view event;  // what happened, in an alert's sentence: "42 % of 310 requests EVENT", "57 requests EVENT"
  Dimension dimension = Dimension::kGlobal;
  MetricKind kind = MetricKind::kRatio;
  // Sums or differences of counters, so that it can be told which of them are read (OutcomesOf).
  std::uint64_t (*numerator)(const Cell&) = nullptr;  // k
  // n, at most the cell's requests: the samples; a window with fewer than min_samples is not judged
  std::uint64_t (*denominator)(const Cell&) = nullptr;
  std::uint64_t min_samples = 1;
  double default_threshold = 0;  // compared with the score; kNoThreshold: judged only when the user gives one
};

inline constexpr double kNoThreshold = -1;

}  // namespace socklog

#endif  // SOCKLOG_METRIC_H_
