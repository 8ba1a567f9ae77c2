// Names in a configuration file: which are there, and what is wrong with one that is not.
#ifndef SOCKLOG_CONFIG_FILE_KEYS_H_
#define SOCKLOG_CONFIG_FILE_KEYS_H_

#include <string>
#include <string_view>
#include <vector>

#include "config/option_table.h"

namespace socklog {

// "alerts_to" for "alerts-to"; for an option with another place, that: "keys.user".
std::string FileName(const OptionRow& row);

// Whether `name` heads a command's section.
bool IsSection(std::string_view name);
// Whether `name` heads a group of keys of its own: "keys", "errors".
bool IsGroup(std::string_view name);

// The command's option of that file name, or nullptr.
const OptionRow* FindFileOption(Command command, std::string_view file_name);
// Whether at least two commands share the option of that file name; then it may stand at the top level.
bool IsSharedFileOption(std::string_view file_name);

// What is wrong with key `name` at the top level of a file (`section` empty), in a command's section or a group.
std::string ExplainUnknownKey(std::string_view section, std::string_view name);

}  // namespace socklog

#endif  // SOCKLOG_CONFIG_FILE_KEYS_H_
