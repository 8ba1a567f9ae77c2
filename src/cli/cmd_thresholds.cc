#include "cli/commands.h"
#include "cli/job_command.h"

namespace socklog {

ExitCode RunThresholdsCommand(const CommandRow& row, const std::vector<std::string>& args) {
  ExitCode exit_code = kExitDone;
  std::optional<Options> options = ReadOptions(row, args, &exit_code);
  if (!options) return exit_code;
  return ChooseInput(row, &*options) ? RunJob(row, *options, RunThresholds) : kExitUsage;
}

}  // namespace socklog
