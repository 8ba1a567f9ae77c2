// Takes a command's arguments apart, by the option table. arguments.cc is the only user of CLI11.
#ifndef SOCKLOG_CLI_ARGUMENTS_H_
#define SOCKLOG_CLI_ARGUMENTS_H_

#include <string>
#include <vector>

#include "cli/commands.h"
#include "config/config.h"

namespace socklog {

struct Arguments {
  std::vector<FlagUse> flags;            // in their order; then positional inputs, as uses of --from
  std::vector<std::string> positionals;  // of check-config: its files
  std::vector<std::string> errors;       // unknown flags, missing values, arguments too many; each a sentence
  bool help = false;
  bool version = false;
};

Arguments ParseArguments(const CommandRow& row, const std::vector<std::string>& args);

}  // namespace socklog

#endif  // SOCKLOG_CLI_ARGUMENTS_H_
