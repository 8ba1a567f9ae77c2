// Help texts, made from the tables of commands and options.
#ifndef SOCKLOG_CLI_HELP_H_
#define SOCKLOG_CLI_HELP_H_

#include <string>

#include "cli/commands.h"

namespace socklog {

// One line for each command, for `socklog` alone and `socklog --help`.
std::string FormatUsage();
// "Usage: socklog analyze [OPTION ...] [INPUT ...]\n" and where to read more.
std::string FormatShortUsage(const CommandRow& row);
// All options of a command by section, with their defaults; lines of at most 96 characters.
std::string FormatHelp(const CommandRow& row);
// "socklog 0.1.0\n"
std::string FormatVersion();

}  // namespace socklog

#endif  // SOCKLOG_CLI_HELP_H_
