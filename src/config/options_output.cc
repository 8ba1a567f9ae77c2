#include "config/option_rows.h"
#include "config/values.h"

namespace socklog {
namespace {

constexpr std::string_view kOutput = "Output";
constexpr std::string_view kState = "State";
constexpr std::string_view kModes = "auto|json|text";

}  // namespace

std::vector<OptionRow> OutputRows() {
  return {
      {.name = "to", .commands = kCommandGenerate, .section = kOutput, .kind = ValueKind::kEndpoint, .metavar = "ENDPOINT",
       .default_text = "-", .help = "write lines here", .repeatable = true,
       .set = [](Options* o, std::string_view t) { return AppendText(t, &o->generate.to); }},
      {.name = "alerts-to", .commands = kCommandAnalyze, .section = kOutput, .kind = ValueKind::kEndpoint, .metavar = "ENDPOINT",
       .default_text = "-", .help = "write alerts here", .repeatable = true,
       .set = [](Options* o, std::string_view t) { return AppendText(t, &o->analyze.alerts_to); }},
      {.name = "windows-to", .commands = kCommandAnalyze, .section = kOutput, .kind = ValueKind::kEndpoint, .metavar = "ENDPOINT",
       .help = "write the values of every closed window here",
       .set = [](Options* o, std::string_view t) { return ReadText(t, &o->analyze.windows_to); }},
      {.name = "top", .commands = kCommandAnalyze, .section = kOutput, .kind = ValueKind::kNumber, .metavar = "N", .default_text = "10",
       .help = "keys of a metric that a window lists, the most abnormal first",
       .set = [](Options* o, std::string_view t) { return ReadCount(t, 0, 100'000, &o->analyze.top); }},
      {.name = "output", .commands = kCommandAnalyze, .section = kOutput, .kind = ValueKind::kChoice, .metavar = "MODE",
       .choices = kModes, .default_text = "auto", .help = "form of alerts on stdout; auto: text on a terminal, JSON lines elsewhere",
       .set = [](Options* o, std::string_view t) { return ReadChoice(t, kModes, &o->analyze.output); }},
      {.name = "output-file", .letter = 'o', .commands = kCommandThresholds, .section = kOutput, .kind = ValueKind::kFile,
       .metavar = "FILE", .default_text = "-", .help = "write the thresholds here",
       .set = [](Options* o, std::string_view t) { return ReadText(t, &o->thresholds.output_file); }},
      {.name = "report", .commands = kCommandThresholds, .section = kOutput, .kind = ValueKind::kFile, .metavar = "FILE.html",
       .help = "write a report for people here",
       .set = [](Options* o, std::string_view t) { return ReadText(t, &o->thresholds.report); }},
      {.name = "summary", .commands = kReaders, .section = kOutput, .kind = ValueKind::kFile, .metavar = "FILE",
       .help = "write counts of lines, windows and alerts here, as JSON",
       .set = [](Options* o, std::string_view t) { return ReadText(t, &o->analyze.summary); }},
      {.name = "invalid-requests", .commands = kCommandAnalyze, .section = kOutput, .kind = ValueKind::kFile, .metavar = "FILE",
       .help = "write malformed lines here",
       .set = [](Options* o, std::string_view t) { return ReadText(t, &o->analyze.invalid_requests); }},
      {.name = "late-to", .commands = kCommandAnalyze, .section = kOutput, .kind = ValueKind::kFile, .metavar = "FILE",
       .help = "write late lines here",
       .set = [](Options* o, std::string_view t) { return ReadText(t, &o->analyze.late_to); }},

      {.name = "state", .commands = kCommandAnalyze, .section = kState, .kind = ValueKind::kDirectory, .metavar = "DIR",
       .help = "keep the state here, so that a later run goes on where this one ended or was killed",
       .set = [](Options* o, std::string_view t) { return ReadText(t, &o->analyze.state); }},
      {.name = "reset-state", .commands = kCommandAnalyze, .section = kState, .kind = ValueKind::kSwitch,
       .help = "forget the state that is there",
       .set = [](Options* o, std::string_view t) { return ReadSwitch(t, &o->analyze.reset_state); }},
      {.name = "close", .commands = kCommandAnalyze, .section = kState, .kind = ValueKind::kSwitch,
       .help = "with --state: the end of the input is the end of the stream and closes all windows",
       .set = [](Options* o, std::string_view t) { return ReadSwitch(t, &o->analyze.close); }},
  };
}

}  // namespace socklog
