#include "cli/commands.h"
#include "cli/job_command.h"

namespace socklog {

ExitCode RunGenerateCommand(const CommandRow& row, const std::vector<std::string>& args) {
  ExitCode exit_code = kExitDone;
  const std::optional<CommandInput> input = ReadInput(row, args, &exit_code);
  return input ? RunJob(row, *input, RunGenerate) : exit_code;
}

}  // namespace socklog
