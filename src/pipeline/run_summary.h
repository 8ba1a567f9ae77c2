// What a run did, in figures.
#ifndef SOCKLOG_PIPELINE_RUN_SUMMARY_H_
#define SOCKLOG_PIPELINE_RUN_SUMMARY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/snapshot.h"
#include "socklog/time.h"
#include "window/counters.h"
#include "window/lateness_histogram.h"

namespace socklog {

// Counts of windows and alerts; of the stream, so they live in the snapshot.
struct WindowCounters {
  std::uint64_t windows = 0;  // those of gaps included
  std::uint64_t windows_judged = 0;
  std::uint64_t windows_alerting = 0;  // judged, with at least one series over
  std::uint64_t windows_firing = 0;    // with at least one alert firing at their end
  std::uint64_t alerts_fired = 0;
  std::uint64_t alerts_resolved = 0;
  std::uint64_t lost_records = 0;  // Source::lost_records of all runs

  void Encode(SnapshotWriter* out) const;
  void Decode(SnapshotReader* in);
};

// The first lines that were malformed, to show.
class MalformedSamples {
 public:
  static constexpr std::size_t kMost = 3;
  void Add(const std::string& partition, std::uint64_t line, std::string_view text, std::string_view reason);
  const std::vector<std::string>& lines() const { return lines_; }

 private:
  std::vector<std::string> lines_;
};

// Of thresholds: what the windows that had no influence said.
struct HoldoutSummary {
  std::uint64_t windows = 0;
  double alert_rate = 0;
  double ci_low = 0;
  double ci_high = 0;
};

struct RunSummary {
  LineCounters lines;
  WindowCounters windows;
  std::uint64_t lag = 0;  // Source::AskLag at the end
  std::uint64_t open_windows = 0;
  std::uint64_t evicted_keys = 0;
  std::vector<std::string> malformed_samples;
  std::optional<HoldoutSummary> holdout;
};

// One object on one line, with its newline.
std::string SummaryJson(const RunSummary& summary);

// Two or three lines for people, each with a newline.
std::string SummaryText(const RunSummary& summary);

// What a user must know of the lines, even with -q: that more than 1 % were late, and which lateness would have
// kept 99.9 %, if it is more than what is `in_force`; that most were malformed, which looks like a quiet day.
std::vector<std::string> LineWarnings(const LineCounters& lines, const LatenessHistogram& lateness, Micros in_force);

}  // namespace socklog

#endif  // SOCKLOG_PIPELINE_RUN_SUMMARY_H_
