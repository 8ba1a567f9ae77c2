#include "cli/commands.h"

namespace socklog {

const std::vector<CommandRow>& Commands() {
  static const std::vector<CommandRow> table = {
      {"generate", kCommandGenerate, "",
       "write realistic access log lines, with errors in exactly the shares asked for",
       "Without options: one line a second on stdout.", RunGenerateCommand},
      {"analyze", kCommandAnalyze, "[INPUT ...]", "read access logs and raise alerts for abnormal behaviour",
       "INPUT is - (stdin), a file (gzip and zstd, too) or a socket. Without INPUT: stdin, unless it is a terminal. "
       "Alerts go to stdout.",
       RunAnalyzeCommand},
      {"thresholds", kCommandThresholds, "[INPUT ...]",
       "make thresholds from history, such that alerts fire 1 % of the time",
       "INPUT is as for analyze. The thresholds go to stdout, or to -o FILE, for 'socklog analyze --thresholds FILE'.",
       RunThresholdsCommand},
      {"check-config", kCommandCheckConfig, "FILE ...", "find every mistake in configuration and thresholds files",
       "Mistakes are told as FILE:LINE:COLUMN: error: ... on stderr; the exit code is 2 if there are any.",
       RunCheckConfigCommand},
  };
  return table;
}

const CommandRow* FindCommand(std::string_view name) {
  for (const CommandRow& row : Commands()) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

}  // namespace socklog
