#include "config/option_rows.h"
#include "config/values.h"

namespace socklog {
namespace {

constexpr std::string_view kInput = "Input";
constexpr std::string_view kFormat = "Log format";

Status ReadUntil(Options* options, std::string_view text) {
  options->input.until_end = text == "end";
  if (text == "end") {
    options->input.until.reset();
    return {};
  }
  const Status status = ReadTime(text, &options->input.until);
  return status.ok() ? status : Status::Usage(status.message() + ", or end");
}

}  // namespace

std::vector<OptionRow> InputRows() {
  return {
      {.name = "from",
       .commands = kReaders,
       .section = kInput,
       .kind = ValueKind::kEndpoint,
       .metavar = "ENDPOINT",
       .help = "read from here; the flag form of INPUT",
       .repeatable = true,
       .set = [](Options* o, std::string_view t) { return AppendText(t, &o->input.inputs); }},
      {.name = "follow",
       .commands = kCommandAnalyze,
       .section = kInput,
       .kind = ValueKind::kSwitch,
       .help = "keep reading files as they grow, across rotation",
       .set = [](Options* o, std::string_view t) { return ReadSwitch(t, &o->input.follow); }},
      {.name = "since",
       .commands = kReaders,
       .section = kInput,
       .kind = ValueKind::kTime,
       .metavar = "TIME",
       .help = "leave out lines before this time",
       .set = [](Options* o, std::string_view t) { return ReadTime(t, &o->input.since); }},
      {.name = "until",
       .commands = kReaders,
       .section = kInput,
       .kind = ValueKind::kTime,
       .metavar = "TIME|end",
       .help = "leave out lines from this time on; end: what is added to the input after the start",
       .set = ReadUntil},

      {.name = "log-format",
       .commands = kJobs,
       .section = kFormat,
       .kind = ValueKind::kFormat,
       .metavar = "F",
       .default_text = "auto",
       .help = "a format's name, or a LogFormat or log_format string as it stands in the server's configuration",
       .elsewhere = {.commands = kCommandGenerate,
                     .default_text = "combined",
                     .help = "form of the lines: a format's name, or a LogFormat or log_format string as it stands in "
                             "the server's configuration"},
       .set = [](Options* o, std::string_view t) { return ReadText(t, &o->format.log_format); }},
      {.name = "envelope",
       .commands = kJobs,
       .section = kFormat,
       .kind = ValueKind::kText,
       .metavar = "FIELD",
       .help = "the line is in this member of a JSON object",
       .elsewhere = {.commands = kCommandGenerate,
                     .help = "write each line as a JSON object with the line in this member"},
       .set = [](Options* o, std::string_view t) { return ReadText(t, &o->format.envelope); }},
      {.name = "tz",
       .commands = kJobs,
       .section = kFormat,
       .kind = ValueKind::kText,
       .metavar = "ZONE",
       .default_text = "UTC",
       .help = "zone of time stamps that have none",
       .elsewhere = {.commands = kCommandGenerate,
                     .help = "no effect here: time stamps are written in UTC (so that analyze may share a file)"},
       .set = [](Options* o, std::string_view t) { return ReadText(t, &o->format.tz); }},
  };
}

}  // namespace socklog
