#include <algorithm>
#include <cstdio>

#include "base/clock.h"
#include "base/json_writer.h"
#include "base/log.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/format_check.h"
#include "cli/help.h"
#include "cli/job_command.h"
#include "cli/messages.h"
#include "cli/probe_table.h"
#include "cli/signals.h"
#include "config/config.h"
#include "pipeline/endpoint_probe.h"
#include "pipeline/kafka_check.h"

namespace socklog {
namespace {

std::string_view SeverityName(Diagnostic::Severity severity) {
  return severity == Diagnostic::Severity::kError ? "error" : "warning";
}

std::string DiagnosticAsJson(const Diagnostic& item) {
  std::string out;
  JsonWriter json(&out);
  json.BeginObject().Key("type").String("socklog.diagnostic.v1").Key("severity").String(SeverityName(item.severity));
  json.Key("file").String(item.place.file).Key("line").Unsigned(static_cast<std::uint64_t>(item.place.line));
  json.Key("column")
      .Unsigned(static_cast<std::uint64_t>(item.place.column))
      .Key("message")
      .String(ShortMessage(item.what))
      .EndObject();
  return out + '\n';
}

// As compilers do, so that editors find the place.
std::string DiagnosticAsText(const Diagnostic& item) {
  std::string out;
  AppendTerminalSafe(item.where + ": " + std::string(SeverityName(item.severity)) + ": " + ShortMessage(item.what),
                     &out);
  return out + '\n';
}

std::string DescribeFile(const std::string& path, const FileSummary& summary) {
  const bool thresholds = summary.kind == FileSummary::Kind::kThresholds;
  const std::string_view what = thresholds ? "metric" : "setting";
  std::string out;
  AppendTerminalSafe(path, &out);
  out += thresholds ? ": ok, thresholds (" : ": ok, a configuration (";
  return out + std::to_string(summary.settings) + ' ' + std::string(what) + (summary.settings == 1 ? ")\n" : "s)\n");
}

// Tries what a file names.
std::vector<ProbeRow> ProbeAll(const FileSummary& summary, Diagnostics* diagnostics) {
  std::vector<EndpointUse> uses;
  for (const NamedEndpoint& endpoint : summary.endpoints) uses.push_back(endpoint.use);
  std::vector<ProbeRow> rows = Probe(uses, SystemClock());
  Diagnostics found;
  for (const ProbeRow& row : rows) {
    const Place& place = summary.endpoints[row.use].place;
    if (row.outcome == ProbeRow::Outcome::kFailed) found.Error(place, row.detail);
    if (row.outcome == ProbeRow::Outcome::kWarning) found.Warning(place, row.detail);
  }
  diagnostics->AddInOrder(found);
  return rows;
}

// Checks one file and says what was found. *output collects what goes to stdout.
void CheckOne(const std::string& path, const Options& options, bool* errors, bool* warnings, std::string* output) {
  Diagnostics diagnostics;
  const FileSummary summary =
      CheckFile(path, {.check_format = CheckLogFormat, .check_kafka = CheckKafkaSettings}, &diagnostics);
  const bool json = options.check_config.output == OutputMode::kJson;
  const bool tells_good = !json && options.common.verbosity >= 0;
  std::vector<ProbeRow> rows;
  if (options.check_config.probe && !diagnostics.has_errors()) rows = ProbeAll(summary, &diagnostics);
  const std::vector<Diagnostic>& items = diagnostics.items();
  for (std::size_t i = 0; i < items.size() && i < Diagnostics::kMostShown; ++i) {
    if (json) {
      *output += DiagnosticAsJson(items[i]);
    } else {
      std::fputs(DiagnosticAsText(items[i]).c_str(), stderr);
    }
  }
  if (const std::string more = MoreDiagnostics(items.size()); !more.empty())
    PrintError("check-config", path + ": " + more);
  *errors = *errors || diagnostics.has_errors();
  *warnings = *warnings || diagnostics.has_warnings();
  if (json) {
    for (const ProbeRow& row : rows) *output += ProbeRowAsJson(row, summary.endpoints[row.use].place);
  }
  if (!tells_good) return;
  if (!diagnostics.has_errors()) *output += DescribeFile(path, summary);
  *output += ProbeRowsAsText(path, rows);
}

}  // namespace

ExitCode RunCheckConfigCommand(const CommandRow& row, const std::vector<std::string>& args) {
  ReleaseStopSignals();
  ExitCode exit_code = kExitDone;
  const std::optional<CommandInput> input = ReadInput(row, args, &exit_code);
  if (!input) return exit_code;
  const Options& options = input->options;
  if (options.check_config.files.empty()) {
    std::fputs(FormatShortUsage(row).c_str(), stderr);
    return kExitUsage;
  }
  InitLog(std::min(options.common.verbosity, -1), false);  // what a probe finds is told here
  bool errors = false;
  bool warnings = false;
  std::string output;
  for (const std::string& path : options.check_config.files) CheckOne(path, options, &errors, &warnings, &output);
  exit_code = WriteStdout(output);
  if (errors || (warnings && options.check_config.fail_on_warning)) return kExitUsage;
  return exit_code;
}

}  // namespace socklog
