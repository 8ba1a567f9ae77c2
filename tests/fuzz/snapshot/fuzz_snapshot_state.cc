// The bytes are a state file as it is, and the body of one with the right check sum. Each part of what can be read goes
// on as a run would.
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "alert/alert_tracker.h"
#include "base/hash.h"
#include "base/key_hash.h"
#include "metrics/registry.h"
#include "pipeline/run_summary.h"
#include "pipeline/state_file.h"
#include "socklog/text_arena.h"
#include "window/window_aggregator.h"

namespace socklog {
namespace {

void Require(bool condition) {
  if (!condition) std::abort();
}

// As EncodeState frames it.
std::string WithCheckSum(std::string_view body) {
  SnapshotWriter file;
  file.String("socklog state");
  file.U32(1);
  file.U64(Hash64(body));
  file.String(body);
  return file.bytes();
}

WindowReport ReportAt(Micros start, Micros length) {
  WindowReport report;
  report.start = start;
  report.end = start + length;
  return report;
}

void GoOnWithAlerts(std::string_view bytes) {
  const Scorer scorer({{FindMetric("error_rate"), 1}, {FindMetric("error_rate_by_url"), 1}}, 10 * kSecond);
  const Decider decider({{0.5, 0.3, "fuzz"}, {0.5, 0.5, "fuzz"}});
  AlertTracker tracker({}, 10 * kSecond, 10 * kSecond, scorer, decider);
  SnapshotReader reader(bytes);
  tracker.Decode(&reader);
  if (!reader.ok()) return;
  SnapshotWriter written;
  tracker.Encode(&written);
  AlertTracker again({}, 10 * kSecond, 10 * kSecond, scorer, decider);
  SnapshotReader second(written.bytes());
  again.Decode(&second);
  Require(second.ok() && second.at_end() && again.firing() == tracker.firing());

  std::vector<Alert> alerts;
  tracker.OnWindow(ReportAt(0, 10 * kSecond), {{0, "", 1, 1, 1, 0}, {1, "/a", 0, 0, 1, 0}}, &alerts);
  WindowReport gap = ReportAt(10 * kSecond, 10'000 * kSecond);
  gap.windows = 1000;
  tracker.OnWindow(gap, {}, &alerts);
  for (const Alert& alert : alerts) Require(alert.id.size() == 32 && !alert.summary.empty());
}

void GoOnWithWindows(std::string_view aggregator_bytes, const PartitionWindows::Saved& saved) {
  WindowShape shape;
  shape.max_keys = 64;
  shape.dimensions = {true, true, false, false};
  WindowAggregator windows(shape, false);
  SnapshotReader reader(aggregator_bytes);
  windows.Decode(&reader);
  if (!reader.ok()) return;
  PartitionWindows& partition = windows.AddPartition();
  partition.Restore(saved);
  Block block;
  block.text.Append("a line\n");
  TextArena texts;
  const std::string_view url = texts.Add("/a");
  Request request;
  request.keys[KeyedIndex(Dimension::kUrl)] = {url.data(), static_cast<std::uint32_t>(url.size()), KeyHash()(url)};
  request.time = saved.mark.maximum == kNoTime ? 0 : saved.mark.maximum;
  for (std::uint64_t i = 0; i < 20; ++i) {
    partition.Add({&request, 1}, {block, saved.mark.line + i}, std::numeric_limits<Micros>::max());
    request.time += 3 * kSecond;
  }
  SnapshotWriter written;
  EncodeSaved(partition.Save(), &written);
  SnapshotReader read(written.bytes());
  DecodeSaved(&read);
  Require(read.ok() && read.at_end());
  partition.ReleaseAll();
  const WindowAggregator::OnWindow ignore = [](const WindowReport& report) {
    Require(report.end > report.start && report.windows > 0);
    return Status();
  };
  Require(windows.CloseThrough(partition.maximum() - shape.options.lateness, ignore).ok());
  Require(windows.CloseAll(ignore).ok());
  Require(windows.open_windows() == 0);
}

void Read(std::string_view bytes) {
  Result<RunState> state = DecodeState(bytes);
  if (!state.ok()) return;
  const std::string written = EncodeState(*state);
  Result<RunState> again = DecodeState(written);
  Require(again.ok() && EncodeState(*again) == written);
  GoOnWithAlerts(state->alerts);
  GoOnWithWindows(state->aggregator,
                  state->partitions.empty() ? PartitionWindows::Saved() : state->partitions.front().windows);
  SnapshotReader counters(state->counters);
  WindowCounters().Decode(&counters);
}

}  // namespace
}  // namespace socklog

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  socklog::Read(bytes);
  socklog::Read(socklog::WithCheckSum(bytes));
  socklog::GoOnWithAlerts(bytes);
  socklog::GoOnWithWindows(bytes, {});
  return 0;
}
