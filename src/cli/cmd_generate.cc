#include "cli/commands.h"
#include "cli/job_command.h"

namespace socklog {

ExitCode RunGenerateCommand(const CommandRow& row, const std::vector<std::string>& args) {
  ExitCode exit_code = kExitDone;
  const std::optional<Options> options = ReadOptions(row, args, &exit_code);
  return options ? RunJob(row, *options, RunGenerate) : exit_code;
}

}  // namespace socklog
