#include "alert/alert_tracker.h"

#include <algorithm>
#include <limits>
#include <tuple>

#include "alert/alert_sentence.h"
#include "base/hash.h"
#include "base/text.h"

namespace socklog {
namespace {

// The parts are joined with their lengths, so that no two lists of parts give the same bytes.
std::string HashParts(const std::vector<std::string>& parts) {
  SnapshotWriter joined;
  for (const std::string& part : parts) joined.String(part);
  return Hash128Hex(joined.bytes());
}

std::string Fingerprint(const std::map<std::string, std::string>& labels, std::string_view metric,
                        const std::string& key) {
  std::vector<std::string> parts;
  for (const auto& [name, value] : labels) {
    parts.push_back(name);
    parts.push_back(value);
  }
  parts.emplace_back(metric);
  parts.push_back(key);
  return HashParts(parts);
}

}  // namespace

AlertTracker::AlertTracker(const AlertOptions& options, Micros window, Micros slide, const Scorer& scorer,
                           const Decider& decider)
    : options_(options),
      keep_firing_for_(options.keep_firing_for.value_or(2 * window)),
      slide_(slide),
      scorer_(scorer),
      decider_(decider),
      tracked_(scorer.metrics().size()) {}

void AlertTracker::SketchTracked() {
  for (std::bitset<kSketches>& sketches : tracked_) sketches.reset();
  for (const auto& [key, series] : series_) tracked_[series.metric].set(SketchOf(key.second));
}

std::uint64_t AlertTracker::OnWindow(const WindowReport& report, const std::vector<SeriesScore>& judged,
                                     std::vector<Alert>* alerts) {
  const std::size_t first = alerts->size();
  std::uint64_t over = 0;
  for (const SeriesScore& score : judged) {
    const Level level = decider_.LevelOf(score);
    if (level == Level::kOver) {
      ++over;
      OnOver(report, score, alerts);
    } else if (MayBeTracked(score)) {
      OnTracked(report, score, level, alerts);
    }
  }
  OnUnseen(report, alerts);
  if (!judged.empty()) SketchTracked();
  std::sort(alerts->begin() + static_cast<std::ptrdiff_t>(first), alerts->end(), [](const Alert& a, const Alert& b) {
    return std::tie(a.window_end, a.metric->name, a.key) < std::tie(b.window_end, b.metric->name, b.key);
  });
  return over;
}

void AlertTracker::OnOver(const WindowReport& report, const SeriesScore& score, std::vector<Alert>* alerts) {
  const SeriesKey key(scorer_.metrics()[score.metric].metric->name, score.key);
  const auto [place, is_new] = series_.try_emplace(key);
  Series& series = place->second;
  if (is_new) {
    series.metric = score.metric;
    series.starts_at = report.start;
  }
  series.seen = true;
  series.ends_at = report.end;
  series.below_since = kNoTime;
  if (series.firing || report.end - series.starts_at < options_.for_time) return;
  series.firing = true;
  ++firing_;
  alerts->push_back(MakeAlert(AlertStatus::kFiring, key, series, report, &score));
}

// A series that is judged and not over.
void AlertTracker::OnTracked(const WindowReport& report, const SeriesScore& score, Level level,
                             std::vector<Alert>* alerts) {
  const auto place = series_.find(SeriesKeyView(scorer_.metrics()[score.metric].metric->name, score.key));
  if (place == series_.end()) return;
  Series& series = place->second;
  series.seen = true;
  if (!series.firing) {
    series_.erase(place);  // a window not over ends the wait
    return;
  }
  if (level == Level::kBetween) {
    series.below_since = kNoTime;
    return;
  }
  WindowReport resolving = {};
  if (!ResolvesAt(report, &series, &resolving)) return;
  alerts->push_back(MakeAlert(AlertStatus::kResolved, place->first, series, resolving, &score));
  series_.erase(place);
  --firing_;
}

// Series with no or too few samples in this window: below, for lack of data.
void AlertTracker::OnUnseen(const WindowReport& report, std::vector<Alert>* alerts) {
  for (auto place = series_.begin(); place != series_.end();) {
    Series& series = place->second;
    if (series.seen) {
      series.seen = false;
      ++place;
      continue;
    }
    WindowReport resolving = {};
    if (series.firing && !ResolvesAt(report, &series, &resolving)) {
      ++place;
      continue;
    }
    if (series.firing) {
      alerts->push_back(MakeAlert(AlertStatus::kResolved, place->first, series, resolving, nullptr));
      --firing_;
    }
    place = series_.erase(place);
  }
}

// Whether a firing series that is below in all windows of the report (one, or those of a gap) resolves there.
// *resolving: start and end of the window in which it does.
bool AlertTracker::ResolvesAt(const WindowReport& report, Series* series, WindowReport* resolving) const {
  if (series->below_since == kNoTime) series->below_since = report.start;
  const Micros length = report.end - report.start - static_cast<Micros>(report.windows - 1) * slide_;
  const Micros missing = series->below_since + keep_firing_for_ - (report.start + length);
  const Micros skipped = missing <= 0 ? 0 : (missing + slide_ - 1) / slide_;
  if (skipped >= static_cast<Micros>(report.windows)) return false;
  resolving->start = report.start + skipped * slide_;
  resolving->end = resolving->start + length;
  return true;
}

Alert AlertTracker::MakeAlert(AlertStatus status, const SeriesKey& key, const Series& series,
                              const WindowReport& report, const SeriesScore* score) const {
  const Threshold& threshold = decider_.threshold(series.metric);
  Alert alert;
  alert.status = status;
  alert.metric = scorer_.metrics()[series.metric].metric;
  alert.key = key.second;
  alert.labels = options_.labels;
  alert.fingerprint = Fingerprint(alert.labels, alert.metric->name, alert.key);
  const bool firing = status == AlertStatus::kFiring;
  alert.id = HashParts({alert.fingerprint, firing ? "firing" : "resolved", FormatTime(series.starts_at)});
  const auto severity = options_.severity.find(std::string(alert.metric->name));
  alert.severity = severity == options_.severity.end() ? "warning" : severity->second;
  alert.threshold = threshold.value;
  alert.threshold_source = threshold.source;
  alert.reason = firing ? "over" : score != nullptr ? "below" : "no_data";
  alert.value = score != nullptr ? score->value : std::numeric_limits<double>::quiet_NaN();
  alert.score = score != nullptr ? score->score : std::numeric_limits<double>::quiet_NaN();
  alert.samples = score != nullptr ? score->samples : 0;
  alert.count_error = score != nullptr ? score->count_error : 0;
  alert.window_start = report.start;
  alert.window_end = report.end;
  alert.starts_at = series.starts_at;
  alert.ends_at = series.ends_at;
  alert.summary = AlertSentence(alert);
  return alert;
}

void AlertTracker::Encode(SnapshotWriter* out) const {
  out->U64(series_.size());
  for (const auto& [key, series] : series_) {
    out->String(key.first);
    out->String(key.second);
    out->Bool(series.firing);
    out->Time(series.starts_at);
    out->Time(series.ends_at);
    out->Time(series.below_since);
  }
}

void AlertTracker::Decode(SnapshotReader* in) {
  constexpr std::size_t kSmallest = 44;
  series_.clear();
  firing_ = 0;
  const std::uint64_t count = in->Count(kSmallest);
  for (std::uint64_t i = 0; i < count && in->ok(); ++i) {
    std::string metric = in->String();
    std::string key = in->String();
    Series series;
    series.firing = in->Bool();
    series.starts_at = in->Time();
    series.ends_at = in->Time();
    series.below_since = in->Time();
    if (series.starts_at == kNoTime || series.ends_at == kNoTime) in->Fail();
    const auto& metrics = scorer_.metrics();
    const auto found = std::find_if(metrics.begin(), metrics.end(),
                                    [&](const ScoredMetric& scored) { return scored.metric->name == metric; });
    if (!in->ok() || found == metrics.end()) continue;
    series.metric = static_cast<std::uint32_t>(found - metrics.begin());
    const bool is_new = series_.emplace(SeriesKey(std::move(metric), std::move(key)), series).second;
    if (is_new && series.firing) ++firing_;
  }
  SketchTracked();
}

}  // namespace socklog
