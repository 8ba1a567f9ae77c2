#include "cli/commands.h"
#include "cli/job_command.h"

namespace socklog {

ExitCode RunThresholdsCommand(const CommandRow& row, const std::vector<std::string>& args) {
  ExitCode exit_code = kExitDone;
  std::optional<CommandInput> input = ReadInput(row, args, &exit_code);
  if (!input) return exit_code;
  return ChooseInput(row, &input->options) ? RunJob(row, *input, RunThresholds) : kExitUsage;
}

}  // namespace socklog
