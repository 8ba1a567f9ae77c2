// What generate, analyze and thresholds have in common: arguments, options, messages, signals, exit code.
#ifndef SOCKLOG_CLI_JOB_COMMAND_H_
#define SOCKLOG_CLI_JOB_COMMAND_H_

#include <optional>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "pipeline/jobs.h"
#include "socklog/options.h"
#include "socklog/thresholds.h"

namespace socklog {

// What a command was told.
struct CommandInput {
  Options options;
  ThresholdSet thresholds;  // of the file that options.analyze.thresholds names
};

// From arguments. Empty if there is nothing left to do: help was printed, or mistakes were; *exit_code says which.
std::optional<CommandInput> ReadInput(const CommandRow& row, const std::vector<std::string>& args, ExitCode* exit_code);

// Where a reader was given no input: stdin, unless that is a terminal; then prints the usage and returns false.
bool ChooseInput(const CommandRow& row, Options* options);

ExitCode RunJob(const CommandRow& row, const CommandInput& input,
                Result<JobOutcome> (*job)(const Options&, const JobContext&));

}  // namespace socklog

#endif  // SOCKLOG_CLI_JOB_COMMAND_H_
