#include "cli/job_command.h"

#include <unistd.h>

#include <cstdio>

#include "base/clock.h"
#include "base/log.h"
#include "cli/arguments.h"
#include "cli/help.h"
#include "cli/messages.h"
#include "cli/signals.h"

namespace socklog {

std::optional<CommandInput> ReadInput(const CommandRow& row, const std::vector<std::string>& args,
                                      ExitCode* exit_code) {
  const Arguments arguments = ParseArguments(row, args);
  if (arguments.help || arguments.version) {
    *exit_code = WriteStdout(arguments.help ? FormatHelp(row) : FormatVersion());
    return std::nullopt;
  }
  for (const std::string& error : arguments.errors) PrintError(row.name, error);
  CommandInput input;
  Diagnostics diagnostics;
  const bool wrong = BuildOptions(row.command, arguments.flags, &input.options, &input.thresholds, &diagnostics);
  PrintDiagnostics(row.name, diagnostics, input.options.common.verbosity);
  if (wrong || !arguments.errors.empty()) {
    *exit_code = kExitUsage;
    return std::nullopt;
  }
  input.options.check_config.files = arguments.positionals;
  return input;
}

bool ChooseInput(const CommandRow& row, Options* options) {
  if (!options->input.inputs.empty()) return true;
  if (isatty(STDIN_FILENO) == 1) {
    std::fputs(FormatShortUsage(row).c_str(), stderr);
    return false;
  }
  options->input.inputs.emplace_back("-");
  return true;
}

ExitCode RunJob(const CommandRow& row, const CommandInput& input,
                Result<JobOutcome> (*job)(const Options&, const JobContext&)) {
  const Options& options = input.options;
  InitLog(options.common.verbosity, UseColor(options.common.color, STDERR_FILENO));
  InterruptByStopSignals();
  const SystemClock clock;
  const JobContext context = {.clock = clock,
                              .thresholds = options.analyze.thresholds.empty() ? nullptr : &input.thresholds,
                              .stdout_is_terminal = isatty(STDOUT_FILENO) == 1,
                              .stderr_is_terminal = isatty(STDERR_FILENO) == 1,
                              .color = UseColor(options.common.color, STDOUT_FILENO)};
  const Result<JobOutcome> outcome = job(options, context);
  if (!outcome.ok()) return ReportStatus(row.name, outcome.status());
  return outcome.value() == JobOutcome::kAlertsFired ? kExitAlerts : kExitDone;
}

}  // namespace socklog
