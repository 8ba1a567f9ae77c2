#include "pipeline/sample_watch.h"

#include <algorithm>

#include "base/text.h"

namespace socklog {

void SampleWatch::Add(const WindowReport& report, const std::vector<bool>& judged) {
  if (report.total.requests == 0) return;
  ++windows_;
  for (std::uint32_t metric = 0; metric < seen_.size(); ++metric) {
    if (!judged[metric]) continue;
    seen_[metric].judged = true;
    any_judged_ = any_judged_ || decider_.has_threshold(metric);
  }
  for (std::uint32_t metric = 0; metric < seen_.size(); ++metric) {
    if (seen_[metric].judged || !decider_.has_threshold(metric)) continue;
    const Dimension dimension = scorer_.metrics()[metric].metric->dimension;
    if (dimension == Dimension::kGlobal) {
      Look(metric, report.total);
    } else if (!any_judged_) {
      for (const KeyedCell& keyed : report.dimensions[static_cast<std::size_t>(dimension)].keys)
        Look(metric, keyed.cell);
    }
  }
}

void SampleWatch::Look(std::uint32_t metric, const Cell& cell) {
  seen_[metric].most = std::max(seen_[metric].most, scorer_.metrics()[metric].metric->denominator(cell));
}

std::string SampleWatch::Text() const {
  if (windows_ == 0) return {};
  std::string names;
  auto nearest = static_cast<std::uint32_t>(seen_.size());
  const auto share = [this](std::uint32_t metric) {
    return static_cast<double>(seen_[metric].most) / static_cast<double>(scorer_.metrics()[metric].min_samples);
  };
  bool any_threshold = false;
  for (std::uint32_t metric = 0; metric < seen_.size(); ++metric) {
    if (!decider_.has_threshold(metric)) continue;
    any_threshold = true;
    const Metric& what = *scorer_.metrics()[metric].metric;
    const bool is_told = what.dimension == Dimension::kGlobal || !any_judged_;
    if (seen_[metric].judged || seen_[metric].most == 0 || !is_told) continue;
    names += (names.empty() ? "" : ", ") + std::string(what.name);
    if (nearest == seen_.size() || share(metric) > share(nearest)) nearest = metric;
  }
  if (!any_threshold) {
    return "nothing was judged, since no metric has a threshold: make some with `socklog thresholds`, or give "
           "--threshold METRIC=VALUE\n";
  }
  if (names.empty()) return {};
  const ScoredMetric& near = scorer_.metrics()[nearest];
  return "too few requests to judge " + names + ": of " + FormatCount(windows_, "window") + " the fullest had " +
         FormatThousands(seen_[nearest].most) + " of the " + FormatThousands(near.min_samples) + " that " +
         std::string(near.metric->name) + " takes; make " +
         (calibrated_ ? "thresholds with a longer --window, or with lower --min-samples\n"
                      : "--window longer, or lower --min-samples\n");
}

}  // namespace socklog
