#include "pipeline/run_summary.h"

#include <array>
#include <cstdio>

#include "base/json_writer.h"
#include "base/text.h"

namespace socklog {
namespace {

std::string Percent(std::uint64_t part, std::uint64_t whole) {
  std::array<char, 32> buffer;
  const double share = whole == 0 ? 0 : 100 * static_cast<double>(part) / static_cast<double>(whole);
  const int size = std::snprintf(buffer.data(), buffer.size(), share < 0.1 && part > 0 ? "%.3f %%" : "%.2f %%", share);
  return std::string(buffer.data(), static_cast<std::size_t>(size));
}

}  // namespace

void WindowCounters::Encode(SnapshotWriter* out) const {
  for (const std::uint64_t value :
       {windows, windows_judged, windows_alerting, windows_firing, alerts_fired, alerts_resolved, lost_records})
    out->U64(value);
}

void WindowCounters::Decode(SnapshotReader* in) {
  for (std::uint64_t* value :
       {&windows, &windows_judged, &windows_alerting, &windows_firing, &alerts_fired, &alerts_resolved})
    *value = in->U64();
  lost_records = in->at_end() ? 0 : in->U64();  // states of before topics were read have none
}

void MalformedSamples::Add(const std::string& partition, std::uint64_t line, std::string_view text,
                           std::string_view reason) {
  // What is wrong is at the start of a line or at its end, behind a long URL or agent.
  constexpr std::size_t kHead = 120;
  constexpr std::size_t kTail = 80;
  if (lines_.size() == kMost) return;
  std::string sample;
  AppendTerminalSafe(partition, &sample);
  sample += ":" + std::to_string(line) + ": " + std::string(reason) + ": ";
  AppendTerminalSafe(Shorten(text, kHead, kTail), &sample);
  lines_.push_back(std::move(sample));
}

std::string SummaryJson(const RunSummary& summary) {
  std::string text;
  JsonWriter json(&text);
  json.BeginObject();
  json.Key("type").String("socklog.summary.v1");
  const auto add = [&](std::string_view name, std::uint64_t value) { json.Key(name).Unsigned(value); };
  add("lines", summary.lines.lines());
  add("parsed", summary.lines.parsed());
  add("malformed", summary.lines.malformed);
  add("counted", summary.lines.counted);
  add("late", summary.lines.late);
  add("ahead", summary.lines.ahead);
  add("ignored", summary.lines.ignored);
  add("outside", summary.lines.outside);
  add("late_after_idle", summary.lines.late_after_idle);
  add("lost_offsets", summary.windows.lost_records);
  add("lag", summary.lag);
  add("windows", summary.windows.windows);
  add("windows_judged", summary.windows.windows_judged);
  if (!summary.holdout) {  // thresholds raises no alerts
    add("windows_alerting", summary.windows.windows_alerting);
    add("windows_firing", summary.windows.windows_firing);
    add("open_windows", summary.open_windows);
    add("alerts_fired", summary.windows.alerts_fired);
    add("alerts_resolved", summary.windows.alerts_resolved);
  }
  add("slow_path", summary.lines.slow_path);
  add("evicted_keys", summary.evicted_keys);
  json.Key("malformed_samples").BeginArray();
  for (const std::string& sample : summary.malformed_samples) json.String(sample);
  json.EndArray();
  if (summary.holdout) {
    add("holdout_windows", summary.holdout->windows);
    json.Key("holdout_alert_rate").Double(summary.holdout->alert_rate);
    json.Key("holdout_ci").BeginArray().Double(summary.holdout->ci_low).Double(summary.holdout->ci_high).EndArray();
  }
  json.EndObject();
  return text + '\n';
}

std::string SummaryText(const RunSummary& summary) {
  const LineCounters& lines = summary.lines;
  const WindowCounters& windows = summary.windows;
  std::string text = FormatCount(windows.alerts_fired, "alert") + " (" + FormatThousands(windows.alerts_resolved) +
                     " resolved), " + FormatThousands(windows.windows_alerting) + " of " +
                     FormatCount(windows.windows_judged, "judged window") + " over a threshold (" +
                     Percent(windows.windows_alerting, windows.windows_judged) + ")";
  if (summary.open_windows > 0) text += ", " + FormatCount(summary.open_windows, "window") + " open";
  text += "\n" + FormatCount(lines.lines(), "line") + ": " + FormatThousands(lines.malformed) + " malformed (" +
          Percent(lines.malformed, lines.lines()) + "), " + FormatThousands(lines.late) + " late";
  if (lines.ahead > 0) text += ", " + FormatThousands(lines.ahead) + " with a time from the future";
  if (lines.ignored > 0) text += ", " + FormatThousands(lines.ignored) + " ignored ([[ignore]], or no requests)";
  if (windows.lost_records > 0) text += ", " + FormatThousands(windows.lost_records) + " records lost to retention";
  if (summary.lag > 0) text += ", " + FormatCount(summary.lag, "record") + " not read yet";
  if (lines.outside > 0) text += ", " + FormatThousands(lines.outside) + " outside --since and --until";
  text += "\n";
  if (summary.evicted_keys > 0)
    text += FormatCount(summary.evicted_keys, "rare key") + (summary.evicted_keys == 1 ? " was" : " were") +
            " evicted (--max-keys)\n";
  for (const std::string& sample : summary.malformed_samples) text += "  malformed: " + sample + "\n";
  return text;
}

std::vector<std::string> LineWarnings(const LineCounters& lines, const LatenessHistogram& lateness, Micros in_force) {
  std::vector<std::string> warnings;
  if (lines.malformed * 2 > lines.lines()) {
    warnings.push_back(Percent(lines.malformed, lines.lines()) +
                       " of the lines are malformed: is --log-format that of this log?");
  }
  if (lines.late * 100 > lines.parsed()) {
    const Micros enough = lateness.Quantile(0.999);
    warnings.push_back(Percent(lines.late, lines.parsed()) + " of the lines came too late for their window" +
                       (enough > in_force ? "; --lateness " + FormatDuration(enough) + " would have kept 99.9 %"
                                          : ": an input began when the time of the others had passed by"));
  }
  return warnings;
}

}  // namespace socklog
