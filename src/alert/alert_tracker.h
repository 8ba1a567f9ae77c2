// The life cycle of alerts: pending, firing, resolved.
#ifndef SOCKLOG_ALERT_ALERT_TRACKER_H_
#define SOCKLOG_ALERT_ALERT_TRACKER_H_

#include <bitset>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/snapshot.h"
#include "detect/decider.h"
#include "detect/scorer.h"
#include "socklog/alert.h"
#include "socklog/options.h"
#include "socklog/window.h"

namespace socklog {

// Only a closing window changes the state of a series:
//  - it fires at the first window over by whose end it has been over, without a break, for at least `for`;
//  - it resolves at the first window by whose end it has been below its clear level, without a break, for
//    `keep_firing_for`; a window in which it has no or too few samples counts as below.
// The same windows in the same order give the same alerts, also across Encode and Decode. Thread-compatible.
class AlertTracker {
 public:
  // `slide`, `window`: of every window that comes. The scorer and decider are borrowed.
  AlertTracker(const AlertOptions& options, Micros window, Micros slide, const Scorer& scorer, const Decider& decider);

  // Whether OnWindow has to be told of it: it is over, or was over in a window before. True of few others.
  bool Concerns(const SeriesScore& score) const {
    return decider_.LevelOf(score) == Level::kOver || MayBeTracked(score);
  }
  // `judged`: of what the Scorer said of the window (nothing for an empty one or a gap) at least what concerns the
  // tracker. Appends to *alerts what fires or resolves, in the order window_end, metric name, key. Returns the number
  // of series that are over.
  std::uint64_t OnWindow(const WindowReport& report, const std::vector<SeriesScore>& judged,
                         std::vector<Alert>* alerts);

  // Series that are firing now.
  std::uint64_t firing() const { return firing_; }

  void Encode(SnapshotWriter* out) const;
  // State of a metric that is no longer judged is kept out; a damaged snapshot clears in->ok().
  void Decode(SnapshotReader* in);

 private:
  using SeriesKey = std::pair<std::string, std::string>;  // metric name and key: the order of alerts
  using SeriesKeyView = std::pair<std::string_view, std::string_view>;
  struct SeriesOrder {
    using is_transparent = void;
    bool operator()(const SeriesKeyView& a, const SeriesKeyView& b) const { return a < b; }
  };
  struct Series {
    std::uint32_t metric = 0;
    bool firing = false;
    Micros starts_at = 0;          // of the first window over
    Micros ends_at = 0;            // of the last window over
    Micros below_since = kNoTime;  // start of the first window of the present run below
    bool seen = false;             // judged in the window in hand
  };

  void OnOver(const WindowReport& report, const SeriesScore& score, std::vector<Alert>* alerts);
  void OnTracked(const WindowReport& report, const SeriesScore& score, Level level, std::vector<Alert>* alerts);
  void OnUnseen(const WindowReport& report, std::vector<Alert>* alerts);
  bool MayBeTracked(const SeriesScore& score) const { return tracked_[score.metric][SketchOf(score.key)]; }
  void SketchTracked();
  bool ResolvesAt(const WindowReport& report, Series* series, WindowReport* resolving) const;
  Alert MakeAlert(AlertStatus status, const SeriesKey& key, const Series& series, const WindowReport& report,
                  const SeriesScore* score) const;

  const AlertOptions options_;
  const Micros keep_firing_for_;
  const Micros slide_;
  const Scorer& scorer_;
  const Decider& decider_;
  std::map<SeriesKey, Series, SeriesOrder> series_;  // pending and firing ones
  // By metric: sketches of the keys that were in series_ after the last window with anything judged. They tell most
  // series from those, without a search.
  static constexpr std::size_t kSketches = 1024;
  static std::size_t SketchOf(std::string_view key) {
    if (key.empty()) return 0;
    const auto byte = [key](std::size_t at) { return std::size_t{static_cast<unsigned char>(key[at])}; };
    return (key.size() + 37 * byte(key.size() / 2) + 331 * byte(key.size() - 1)) % kSketches;
  }
  std::vector<std::bitset<kSketches>> tracked_;
  std::uint64_t firing_ = 0;
};

}  // namespace socklog

#endif  // SOCKLOG_ALERT_ALERT_TRACKER_H_
