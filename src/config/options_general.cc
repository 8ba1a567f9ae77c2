#include "config/option_rows.h"
#include "config/values.h"

namespace socklog {
namespace {

constexpr std::string_view kConnections = "Connections";
constexpr std::string_view kChecks = "Checks";
constexpr std::string_view kGeneral = "General";
constexpr std::string_view kColors = "auto|always|never";
constexpr std::string_view kModes = "auto|json|text";

Status ReadVerbose(Options* options, std::string_view text) {
  bool on = false;
  Status status = ReadSwitch(text, &on);
  if (on) ++options->common.verbosity;
  return status;
}

Status ReadQuiet(Options* options, std::string_view text) {
  bool on = false;
  Status status = ReadSwitch(text, &on);
  if (on) --options->common.verbosity;
  return status;
}

Status ReadNoProgress(Options* options, std::string_view text) {
  bool off = false;
  Status status = ReadSwitch(text, &off);
  if (status.ok()) options->common.progress = !off;
  return status;
}

// For switches that the command line heeds before there are options.
Status CheckSwitch(Options*, std::string_view text) {
  bool ignored = false;
  return ReadSwitch(text, &ignored);
}

}  // namespace

std::vector<OptionRow> ConnectionRows() {
  return {
      {.name = "host",
       .commands = kJobs,
       .section = kConnections,
       .kind = ValueKind::kText,
       .metavar = "HOST",
       .default_text = "localhost",
       .help = "with --port: read from tcp://HOST:PORT",
       .elsewhere = {.commands = kCommandGenerate,
                     .default_text = "localhost",
                     .help = "with --port: listen there and write to who connects"},
       .set = [](Options* o, std::string_view t) { return ReadText(t, &o->connection.host); }},
      {.name = "port",
       .commands = kJobs,
       .section = kConnections,
       .kind = ValueKind::kNumber,
       .metavar = "PORT",
       .default_text = "9999",
       .help = "with --host",
       .set = [](Options* o, std::string_view t) { return ReadCount(t, 1, 65535, &o->connection.port); }},
      {.name = "tls-ca",
       .commands = kJobs,
       .section = kConnections,
       .kind = ValueKind::kFile,
       .metavar = "FILE",
       .help = "authorities that peers' certificates are verified with (default: the system's)",
       .set = [](Options* o, std::string_view t) { return ReadText(t, &o->connection.tls.ca); }},
      {.name = "tls-cert",
       .commands = kJobs,
       .section = kConnections,
       .kind = ValueKind::kFile,
       .metavar = "FILE",
       .help = "certificate chain shown to the peer; needed to listen",
       .set = [](Options* o, std::string_view t) { return ReadText(t, &o->connection.tls.cert); }},
      {.name = "tls-key",
       .commands = kJobs,
       .section = kConnections,
       .kind = ValueKind::kFile,
       .metavar = "FILE",
       .help = "its private key, which nobody else may read",
       .set = [](Options* o, std::string_view t) { return ReadText(t, &o->connection.tls.key); }},
      {.name = "connect-timeout",
       .commands = kJobs,
       .section = kConnections,
       .kind = ValueKind::kDuration,
       .metavar = "TIME",
       .default_text = "30s",
       .help = "give up connecting after this long without success",
       .set = [](Options* o, std::string_view t) { return ReadDuration(t, {}, &o->connection.connect_timeout); }},
      {.name = "reconnect",
       .commands = kJobs,
       .section = kConnections,
       .kind = ValueKind::kSwitch,
       .help = "when the peer closes, connect again: that is not the end",
       .set = [](Options* o, std::string_view t) { return ReadSwitch(t, &o->connection.reconnect); }},
      {.name = "once",
       .commands = kJobs,
       .section = kConnections,
       .kind = ValueKind::kSwitch,
       .help = "stop listening when the first client has closed",
       .set = [](Options* o, std::string_view t) { return ReadSwitch(t, &o->connection.once); }},
      {.name = "max-clients",
       .commands = kJobs,
       .section = kConnections,
       .kind = ValueKind::kNumber,
       .metavar = "N",
       .default_text = "16",
       .help = "clients that one listening endpoint serves at the same time",
       .set = [](Options* o, std::string_view t) { return ReadCount(t, 1, 10'000, &o->connection.max_clients); }},
  };
}

std::vector<OptionRow> GeneralRows() {
  return {
      {.name = "probe",
       .commands = kCommandCheckConfig,
       .section = kChecks,
       .kind = ValueKind::kSwitch,
       .help = "try the endpoints that the files name, too: connect, listen for a moment",
       .in_file = false,
       .set = [](Options* o, std::string_view t) { return ReadSwitch(t, &o->check_config.probe); }},
      {.name = "fail-on-warning",
       .commands = kCommandCheckConfig,
       .section = kChecks,
       .kind = ValueKind::kSwitch,
       .help = "exit with 2 for warnings, too",
       .in_file = false,
       .set = [](Options* o, std::string_view t) { return ReadSwitch(t, &o->check_config.fail_on_warning); }},
      {.name = "output",
       .commands = kCommandCheckConfig,
       .section = kChecks,
       .kind = ValueKind::kChoice,
       .metavar = "MODE",
       .choices = kModes,
       .default_text = "auto",
       .help = "json: one object for each diagnostic on stdout",
       .in_file = false,
       .set = [](Options* o, std::string_view t) { return ReadChoice(t, kModes, &o->check_config.output); }},

      {.name = "config",
       .commands = kJobs,
       .section = kGeneral,
       .kind = ValueKind::kFile,
       .metavar = "FILE",
       .help = "read options from this TOML file; flags win",
       .in_file = false,
       .set = [](Options* o, std::string_view t) { return ReadText(t, &o->common.config); }},
      {.name = "verbose",
       .letter = 'v',
       .commands = kEveryCommand,
       .section = kGeneral,
       .kind = ValueKind::kSwitch,
       .help = "tell more; twice: everything",
       .repeatable = true,
       .set = ReadVerbose},
      {.name = "quiet",
       .letter = 'q',
       .commands = kEveryCommand,
       .section = kGeneral,
       .kind = ValueKind::kSwitch,
       .help = "tell warnings and errors only; twice: errors only",
       .repeatable = true,
       .set = ReadQuiet},
      {.name = "color",
       .commands = kEveryCommand,
       .section = kGeneral,
       .kind = ValueKind::kChoice,
       .metavar = "WHEN",
       .choices = kColors,
       .default_text = "auto",
       .help = "colour the output; auto: on a terminal, unless NO_COLOR is set",
       .set = [](Options* o, std::string_view t) { return ReadChoice(t, kColors, &o->common.color); }},
      {.name = "no-progress",
       .commands = kEveryCommand,
       .section = kGeneral,
       .kind = ValueKind::kSwitch,
       .help = "show no progress on stderr",
       .set = ReadNoProgress},
      {.name = "help",
       .letter = 'h',
       .commands = kEveryCommand,
       .section = kGeneral,
       .kind = ValueKind::kSwitch,
       .help = "print this help, and exit",
       .in_file = false,
       .set = CheckSwitch},
      {.name = "version",
       .commands = kEveryCommand,
       .section = kGeneral,
       .kind = ValueKind::kSwitch,
       .help = "print the version, and exit",
       .in_file = false,
       .set = CheckSwitch},
  };
}

}  // namespace socklog
