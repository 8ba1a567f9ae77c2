// What generate, analyze and thresholds have in common: arguments, options, messages, signals, exit code.
#ifndef SOCKLOG_CLI_JOB_COMMAND_H_
#define SOCKLOG_CLI_JOB_COMMAND_H_

#include <optional>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "pipeline/jobs.h"
#include "socklog/options.h"

namespace socklog {

// Options from arguments. Empty if there is nothing left to do: help was printed, or mistakes were; *exit_code says
// which.
std::optional<Options> ReadOptions(const CommandRow& row, const std::vector<std::string>& args, ExitCode* exit_code);

// Where a reader was given no input: stdin, unless that is a terminal; then prints the usage and returns false.
bool ChooseInput(const CommandRow& row, Options* options);

ExitCode RunJob(const CommandRow& row, const Options& options,
                Result<JobOutcome> (*job)(const Options&, const JobContext&));

}  // namespace socklog

#endif  // SOCKLOG_CLI_JOB_COMMAND_H_
