#include "loop_run.h"

#include "alert/alert_json.h"
#include "base/log.h"
#include "metrics/registry.h"
#include "report/window_json.h"
#include "support/catch.h"

namespace socklog::testing {
namespace {

constexpr std::uint32_t kTop = 3;

std::unique_ptr<KeyRules> MakeRules(const WindowShape& shape) {
  IgnoreRule ignored;
  ignored.url = "/ignored";
  Result<std::unique_ptr<KeyRules>> rules = KeyRules::Make({}, {ignored}, EventTime::kStart, shape.dimensions);
  REQUIRE(rules.ok());
  return std::move(*rules);
}

// Limits so low that random lines fire and resolve all the time.
std::vector<ScoredMetric> Metrics() {
  return {{FindMetric("error_rate"), 2}, {FindMetric("error_rate_by_url"), 1}, {FindMetric("request_rate"), 1}};
}
std::vector<Threshold> Limits() { return {{0.05, 0.02, "test"}, {0.1, 0.1, "test"}, {0.3, 0.2, "test"}}; }

}  // namespace

LoopRun::LoopRun(const WindowShape& shape, MemorySource* source, ManualClock* clock, LoopOptions options)
    : shape_(shape),
      source_(*source),
      rules_(MakeRules(shape)),
      windows_(shape_, /*keep_late_lines=*/true),
      scorer_(Metrics(), shape.options.window),
      decider_(Limits()),
      tracker_({}, shape.options.window, shape.options.slide_or_window(), scorer_, decider_) {
  InitLog(-1, false);  // no notes about formats
  LoopEvents events;
  events.on_window = [this](const WindowReport& report) { return OnWindow(report); };
  events.on_malformed = [this](PartitionId id, std::uint64_t line, std::string_view text, std::string_view reason) {
    output.malformed.push_back(source_.partition_name(id) + ":" + std::to_string(line) + " " + std::string(text) +
                               " (" + std::string(reason) + ")");
  };
  events.on_pause = [this](bool idle) { return on_pause ? on_pause(idle) : Status(); };
  loop_ = std::make_unique<LineLoop>(source_, format_, *rules_, windows_, shape_, *clock, options, std::move(events));
}

Status LoopRun::OnWindow(const WindowReport& report) {
  scorer_.Score(report, &judged_);
  alerts_.clear();
  const std::uint64_t over = tracker_.OnWindow(report, judged_, &alerts_);
  output.windows.push_back(WindowText(report));
  AppendWindowJson(report, scorer_, judged_, over, kTop, &output.windows_json);
  for (const Alert& alert : alerts_) AppendAlertJson(alert, &output.alerts_json);
  return on_window ? on_window() : Status();
}

Status LoopRun::Run() { return loop_->Run(); }

RunState LoopRun::Save() const {
  RunState state;
  state.shape = "shape";
  state.partitions.resize(loop_->partitions().size());
  for (const PartitionId id : loop_->partitions()) {
    const PartitionWindows& windows = windows_.partition(id);
    const bool resumed = id < saved_.partitions.size();
    if (windows.lines_seen() <= (resumed ? saved_.partitions[id].windows.mark.line : 0)) {  // nothing was read
      if (resumed) state.partitions[id] = saved_.partitions[id];
      continue;
    }
    SavedPartition& partition = state.partitions[id];
    partition.windows = windows.Save();
    partition.name = source_.partition_name(id);
    partition.position = source_.EncodePosition(id, partition.windows.mark.position);
    partition.chosen = loop_->chosen(id);
  }
  SnapshotWriter aggregator, alerts;
  windows_.Encode(&aggregator);
  tracker_.Encode(&alerts);
  state.aggregator = aggregator.bytes();
  state.alerts = alerts.bytes();
  return state;
}

void LoopRun::Restore(const RunState& saved) {
  saved_ = saved;
  SnapshotReader aggregator(saved.aggregator);
  windows_.Decode(&aggregator);
  SnapshotReader alerts(saved.alerts);
  tracker_.Decode(&alerts);
  REQUIRE((aggregator.ok() && aggregator.at_end() && alerts.ok() && alerts.at_end()));
  for (PartitionId id = 0; id < saved.partitions.size(); ++id) {
    const SavedPartition& partition = saved.partitions[id];
    if (partition.name.empty()) continue;
    REQUIRE(loop_->Restore(id, partition.windows, partition.chosen).ok());
    source_.StartAt(id, partition.position);
  }
}

WindowShape LoopShape(Micros slide) {
  WindowShape shape;
  shape.options.slide = slide;
  shape.options.max_ahead = 30 * kSecond;
  shape.options.max_gap = kMinute;
  shape.options.idle_timeout = 30 * kSecond;
  shape.max_keys = 6400;
  shape.dimensions = {true, true, true, false};
  return shape;
}

}  // namespace socklog::testing
