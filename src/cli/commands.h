// The table of commands.
#ifndef SOCKLOG_CLI_COMMANDS_H_
#define SOCKLOG_CLI_COMMANDS_H_

#include <string>
#include <string_view>
#include <vector>

#include "cli/exit_code.h"
#include "config/option_table.h"

namespace socklog {

struct CommandRow {
  std::string_view name;
  Command command;             // its options
  std::string_view arguments;  // positional ones, as in usage lines; empty: none
  std::string_view help;       // one line
  std::string_view details;    // a few sentences for --help
  // Runs the command with what follows its name.
  ExitCode (*run)(const CommandRow& row, const std::vector<std::string>& args);
};

// In the order of --help.
const std::vector<CommandRow>& Commands();
// nullptr if there is none of that name.
const CommandRow* FindCommand(std::string_view name);

ExitCode RunGenerateCommand(const CommandRow& row, const std::vector<std::string>& args);
ExitCode RunAnalyzeCommand(const CommandRow& row, const std::vector<std::string>& args);
ExitCode RunThresholdsCommand(const CommandRow& row, const std::vector<std::string>& args);
ExitCode RunCheckConfigCommand(const CommandRow& row, const std::vector<std::string>& args);

// Not in the table: what the shells' completions ask. See completions/.
ExitCode RunCompleteCommand(const std::vector<std::string>& args);

}  // namespace socklog

#endif  // SOCKLOG_CLI_COMMANDS_H_
