#include "cli/commands.h"
#include "cli/job_command.h"
#include "cli/list_metrics.h"
#include "cli/messages.h"

namespace socklog {

ExitCode RunAnalyzeCommand(const CommandRow& row, const std::vector<std::string>& args) {
  ExitCode exit_code = kExitDone;
  std::optional<Options> options = ReadOptions(row, args, &exit_code);
  if (!options) return exit_code;
  if (options->analyze.list_metrics) {
    return WriteStdout(options->analyze.output == OutputMode::kJson ? ListMetricsAsJson() : ListMetricsAsText());
  }
  return ChooseInput(row, &*options) ? RunJob(row, *options, RunAnalyze) : kExitUsage;
}

}  // namespace socklog
