#include "cli/commands.h"
#include "cli/job_command.h"
#include "cli/list_metrics.h"
#include "cli/messages.h"

namespace socklog {

ExitCode RunAnalyzeCommand(const CommandRow& row, const std::vector<std::string>& args) {
  ExitCode exit_code = kExitDone;
  std::optional<CommandInput> input = ReadInput(row, args, &exit_code);
  if (!input) return exit_code;
  const AnalyzeOptions& analyze = input->options.analyze;
  if (analyze.list_metrics) {
    return WriteStdout(analyze.output == OutputMode::kJson ? ListMetricsAsJson() : ListMetricsAsText());
  }
  return ChooseInput(row, &input->options) ? RunJob(row, *input, RunAnalyze) : kExitUsage;
}

}  // namespace socklog
