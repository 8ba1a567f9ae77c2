#include "pipeline/analysis.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <set>
#include <utility>

#include "base/log.h"
#include "config/config.h"
#include "pipeline/state_file.h"
#include "report/window_json.h"

namespace socklog {
namespace {

constexpr Micros kSaveInterval = kSecond;
// Where alerts arrive with the state: as often as that while there is more to read, or when so much waits.
constexpr Micros kAlertInterval = 200 * kMillisecond;
constexpr std::size_t kMostHeld = 8 << 20;

}  // namespace

bool Analysis::WritesText() const {
  if (options_.analyze.output == OutputMode::kAuto) return context_.stdout_is_terminal;
  return options_.analyze.output == OutputMode::kText;
}

Status Analysis::SetUp() {
  Result<Judgement> judgement = MakeJudgement(options_, context_.thresholds);
  if (!judgement.ok()) return judgement.status();
  judgement_ = std::move(*judgement);
  Result<ReadingSetup> reading = MakeReading(options_, judgement_.metrics);
  if (!reading.ok()) return reading.status();
  reading_ = std::move(*reading);
  shape_hash_ = ShapeHash(options_, judgement_.metrics);

  scorer_ = std::make_unique<Scorer>(judgement_.metrics, options_.window.window);
  decider_ = std::make_unique<Decider>(judgement_.thresholds);
  tracker_ = std::make_unique<AlertTracker>(options_.alert, options_.window.window, options_.window.slide_or_window(),
                                            *scorer_, *decider_);
  sample_watch_ = std::make_unique<SampleWatch>(*scorer_, *decider_, !options_.analyze.thresholds.empty());

  if (Status status = LoadState(); !status.ok()) return status;
  if (Status status = OpenInput(); !status.ok()) return status;
  if (Status status = FitTopics(options_, *source_, &reading_); !status.ok()) return status;
  windows_ = std::make_unique<WindowAggregator>(reading_.shape, !options_.analyze.late_to.empty());
  if (Status status = OpenOutputs(); !status.ok()) return status;
  MakeLoop();
  if (Status status = RestoreState(); !status.ok()) return status;
  // Recorded before the first alert is written, so that a run killed at once does not take what it wrote for an earlier
  // run's.
  return Save();
}

Status Analysis::OpenOutputs() {
  const std::map<std::string, std::uint64_t> none;
  const std::map<std::string, std::uint64_t>* resume = store_ == nullptr ? nullptr
                                                       : saved_          ? &saved_->output_lengths
                                                                         : &none;
  Result<std::unique_ptr<Outputs>> outputs =
      Outputs::Open(options_, WritesText(), context_.color, context_.clock, resume, group_);
  if (!outputs.ok()) return outputs.status();
  outputs_ = std::move(*outputs);
  return {};
}

void Analysis::MakeLoop() {
  LoopOptions loop_options;
  loop_options.jobs = ResolveJobs(options_);
  loop_options.stream_goes_on = StreamGoesOn();
  LoopEvents events;
  events.on_window = [this](const WindowReport& report) { return OnWindow(report); };
  events.on_malformed = [this](PartitionId partition, std::uint64_t line, std::string_view text,
                               std::string_view reason) { OnMalformed(partition, line, text, reason); };
  events.on_pause = [this](bool idle) { return OnPause(idle); };
  loop_ = std::make_unique<LineLoop>(*source_, *reading_.format, *reading_.rules, *windows_, reading_.shape,
                                     context_.clock, loop_options, std::move(events));
}

Status Analysis::OpenStore() {
  if (const std::string topic = GroupStateTopic(options_); !topic.empty()) {
    Result<std::unique_ptr<GroupState>> group = GroupState::Open(topic, options_.connection, context_.clock);
    if (!group.ok()) return group.status();
    group_ = &(*group)->work();
    store_ = std::move(*group);
  } else if (!options_.analyze.state.empty()) {
    Result<std::unique_ptr<StateDirectory>> directory = StateDirectory::Open(options_.analyze.state);
    if (!directory.ok()) return directory.status();
    store_ = std::move(*directory);
  }
  return {};
}

Status Analysis::LoadState() {
  if (Status status = OpenStore(); !status.ok() || store_ == nullptr) return status;
  if (resets_) return store_->Reset();
  Result<std::optional<RunState>> state = store_->Load();
  if (!state.ok()) return state.status();
  saved_ = std::move(*state);
  if (saved_ && saved_->shape != shape_hash_) {
    return Status::Usage(store_->name() +
                         " was made with other windows, keys, metrics, formats or --max-keys: give the same flags, or "
                         "--reset-state to start afresh");
  }
  return {};
}

Status Analysis::OpenInput() {
  SourceOptions source_options;
  source_options.connection = options_.connection;
  source_options.follow = options_.input.follow;
  source_options.until_end = options_.input.until_end;
  source_options.leave_partial_line = StreamGoesOn();
  source_options.decoder_threads = ResolveJobs(options_) - 1;
  source_options.misses_state = group_ != nullptr && !saved_ && !resets_;
  if (saved_) {
    for (const SavedPartition& partition : saved_->partitions)
      source_options.resume.push_back({partition.name, partition.position});
  }
  Result<std::unique_ptr<Source>> source = OpenSource(reading_.inputs, source_options, context_.clock, &resumed_);
  if (!source.ok()) return source.status();
  source_ = std::move(*source);
  if (store_ == nullptr) return {};
  for (PartitionId id = 0; id < source_->partition_count(); ++id) {
    if (!source_->EncodePosition(id, {}).empty()) continue;
    return Status::Usage(std::string(group_ != nullptr ? "--group" : "--state") +
                         " needs inputs that can be read again, files or Kafka; '" + source_->partition_name(id) +
                         "' cannot");
  }
  return {};
}

Status Analysis::RestoreState() {
  if (!saved_) return {};
  SnapshotReader aggregator(saved_->aggregator);
  windows_->Decode(&aggregator);
  SnapshotReader counters(saved_->counters);
  counters_.Decode(&counters);
  lost_before_ = counters_.lost_records;
  SnapshotReader alerts(saved_->alerts);
  tracker_->Decode(&alerts);
  if (!aggregator.ok() || !counters.ok() || !alerts.ok()) {
    return {StatusCode::kDataLoss, store_->name() + " is damaged; --reset-state starts afresh"};
  }
  for (std::size_t i = 0; i < resumed_.size(); ++i) {
    const SavedPartition& earlier = saved_->partitions[i];
    if (resumed_[i] == kNotResumed) {
      if (!IsReadNow(earlier.name) && earlier.windows.mark.line < earlier.windows.frontier) {
        LogWarning(earlier.name + ": was read by an earlier run and is not given now; windows that close without it " +
                   "miss its lines");
      }
      continue;
    }
    if (Status status = loop_->Restore(resumed_[i], earlier.windows, earlier.chosen); !status.ok()) return status;
  }
  return {};
}

bool Analysis::IsReadNow(const std::string& name) const {
  const std::vector<PartitionId> ids = loop_->partitions();
  return std::any_of(ids.begin(), ids.end(), [&](PartitionId id) { return source_->partition_name(id) == name; });
}

Status Analysis::Save() {
  if (store_ == nullptr) return {};
  if (Status status = outputs_->Flush(true); !status.ok()) return status;
  RunState state;
  state.shape = shape_hash_;
  state.output_lengths = outputs_->Lengths();
  // A partition that is not read this time, or of which nothing was read since, keeps its place, unless other contents
  // have its name now. One that is new is named before anything is read of it, so that a run killed at once can be
  // followed by another after the file was rotated.
  std::set<PartitionId> carried;
  for (std::size_t i = 0; i < resumed_.size(); ++i) {
    const SavedPartition& earlier = saved_->partitions[i];
    if (resumed_[i] == kNotResumed) {
      if (!IsReadNow(earlier.name)) state.partitions.emplace_back(earlier).is_read = false;
      continue;
    }
    if (windows_->partition(resumed_[i]).lines_seen() != earlier.windows.mark.line) continue;
    state.partitions.push_back(earlier);
    carried.insert(resumed_[i]);
  }
  for (const PartitionId id : loop_->partitions()) {
    if (carried.count(id) > 0) continue;
    SavedPartition partition;
    partition.windows = windows_->partition(id).Save();
    partition.name = source_->partition_name(id);
    partition.position = source_->EncodePosition(id, partition.windows.mark.position);
    partition.chosen = loop_->chosen(id);
    if (!partition.position.empty()) state.partitions.push_back(std::move(partition));
  }
  SnapshotWriter aggregator, counters, alerts;
  windows_->Encode(&aggregator);
  CountLost();
  counters_.Encode(&counters);
  tracker_->Encode(&alerts);
  state.closed_through = windows_->closed_through();
  state.aggregator = aggregator.bytes();
  state.counters = counters.bytes();
  state.alerts = alerts.bytes();
  saved_at_ = context_.clock.Monotonic();
  return store_->Save(state);
}

bool Analysis::IsSaveDue(bool idle) const {
  if (store_ == nullptr) return false;
  const Micros since = context_.clock.Monotonic() - saved_at_;
  if (since >= kSaveInterval) return true;
  if (group_ == nullptr) return false;
  return (flush_due_ && (idle || since >= kAlertInterval)) || group_->held_bytes() >= kMostHeld;
}

// Keeps what somebody will ask for. Most keys of a window are neither over nor were, so that their scores concern
// nobody.
bool Analysis::Judge(const WindowReport& report) {
  judged_.clear();
  judged_metrics_.assign(scorer_->metrics().size(), false);
  scorer_->ForEach(report, [this](const SeriesScore& score) {
    judged_metrics_[score.metric] = true;
    if (outputs_->wants_windows() || tracker_->Concerns(score)) judged_.push_back(score);
  });
  sample_watch_->Add(report, judged_metrics_);
  for (std::uint32_t metric = 0; metric < judged_metrics_.size(); ++metric) {
    if (judged_metrics_[metric] && decider_->has_threshold(metric)) return true;
  }
  return false;
}

Status Analysis::OnWindow(const WindowReport& report) {
  const bool is_judged = Judge(report);
  alerts_.clear();
  const std::uint64_t over = tracker_->OnWindow(report, judged_, &alerts_);
  counters_.windows += report.windows;
  if (is_judged) ++counters_.windows_judged;
  if (over > 0) ++counters_.windows_alerting;
  if (tracker_->firing() > 0) ++counters_.windows_firing;
  for (const Alert& alert : alerts_) {
    const bool firing = alert.status == AlertStatus::kFiring;
    ++(firing ? counters_.alerts_fired : counters_.alerts_resolved);
    if (firing) ++fired_in_this_run_;
  }
  if (outputs_->wants_windows()) {
    window_line_.clear();
    AppendWindowJson(report, *scorer_, judged_, over, options_.analyze.top, &window_line_);
    if (Status status = outputs_->WriteWindow(window_line_); !status.ok()) return status;
  }
  if (alerts_.empty()) return {};
  progress_.Clear();
  flush_due_ = true;  // nobody should wait for an alert
  return outputs_->WriteAlerts(alerts_);
}

void Analysis::OnMalformed(PartitionId partition, std::uint64_t line, std::string_view text, std::string_view reason) {
  malformed_samples_.Add(source_->partition_name(partition), line, text, reason);
  if (outputs_->wants_malformed() && malformed_status_.ok()) malformed_status_ = outputs_->WriteMalformed(text);
}

Status Analysis::OnPause(bool idle) {
  if (!malformed_status_.ok()) return malformed_status_;
  if (!options_.analyze.late_to.empty()) {
    const std::string late = windows_->TakeLateLines();
    if (!late.empty()) {
      if (Status status = outputs_->WriteLate(late); !status.ok()) return status;
    }
  }
  const LineCounters& lines = windows_->counters();
  if (const std::string warning = malformed_watch_.Look(lines.lines(), lines.malformed); !warning.empty()) {
    progress_.Clear();
    LogWarning(warning);
  }
  Status status = group_ == nullptr ? Status() : group_->Check();
  if (!status.ok()) return status;
  if (IsSaveDue(idle)) {
    status = Save();
    flush_due_ = false;
  } else if (idle || flush_due_) {
    status = outputs_->Flush(false);
    flush_due_ = flush_due_ && group_ != nullptr;  // what waits for the state is not told yet
  }
  // Last, so that rows of alerts do not end up behind it.
  progress_.Update(windows_->counters().lines(), loop_->latest_time());
  return status;
}

Status Analysis::Run() {
  Status status = loop_->Run();
  if (status.ok()) {
    LogDetail("all is read that is to be read; closing");
    status = OnPause(true);  // flushes
  }
  if (status.ok()) status = Save();
  if (status.ok()) status = outputs_->Finish();
  progress_.Clear();
  if (!status.ok()) return status;
  return Finish();
}

Status Analysis::Finish() {
  RunSummary summary;
  summary.lines = windows_->counters();
  CountLost();
  summary.windows = counters_;
  summary.lag = source_->AskLag();
  summary.open_windows = windows_->open_windows();
  summary.evicted_keys = windows_->evicted_keys();
  summary.malformed_samples = malformed_samples_.lines();
  if (options_.common.verbosity >= 0) std::fputs((SummaryText(summary) + sample_watch_->Text()).c_str(), stderr);
  for (const std::string& warning : LineWarnings(summary.lines, windows_->lateness(), options_.window.lateness))
    LogWarning(warning);
  if (options_.analyze.summary.empty()) return {};
  return WriteReport(options_.analyze.summary, SummaryJson(summary), context_.clock);
}

}  // namespace socklog
