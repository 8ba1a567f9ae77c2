// Words for the completions of the shells.
#ifndef SOCKLOG_CLI_COMPLETE_H_
#define SOCKLOG_CLI_COMPLETE_H_

#include <optional>
#include <string>
#include <vector>

namespace socklog {

// `args`: commands | metrics | formats | options COMMAND | choices COMMAND FLAG. One word a line, followed by a tab and
// its help where it has one. Nothing if the question is none.
std::optional<std::string> CompletionWords(const std::vector<std::string>& args);

}  // namespace socklog

#endif  // SOCKLOG_CLI_COMPLETE_H_
