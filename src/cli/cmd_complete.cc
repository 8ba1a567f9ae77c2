// `socklog complete`: words for the completions of the shells, one a line, each followed by a tab and its help.
#include "base/text.h"
#include "cli/commands.h"
#include "cli/complete.h"
#include "cli/messages.h"
#include "config/values.h"
#include "format/format.h"
#include "metrics/registry.h"

namespace socklog {
namespace {

std::string Word(std::string_view word, std::string_view help) {
  return std::string(word) + (help.empty() ? "" : '\t' + std::string(help)) + '\n';
}

std::string CommandWords() {
  std::string out;
  for (const CommandRow& row : Commands()) out += Word(row.name, row.help);
  return out;
}

std::string OptionWords(const CommandRow& command) {
  std::string out;
  for (const OptionRow& row : OptionTable()) {
    if ((row.commands & command.command) != 0) out += Word("--" + std::string(row.name), row.HelpOf(command.command));
  }
  return out;
}

std::string MetricWords(std::string_view suffix) {
  std::string out;
  for (const Metric* metric : AllMetrics()) out += Word(std::string(metric->name) + std::string(suffix), metric->help);
  return out;
}

std::string FormatWords() {
  std::string out;
  for (const std::string_view name : FormatNames()) out += Word(name, "");
  return out;
}

const OptionRow* FindByFlag(const CommandRow& command, std::string_view flag) {
  for (const OptionRow& row : OptionTable()) {
    if ((row.commands & command.command) == 0) continue;
    const bool letter = row.letter != 0 && flag.size() == 2 && flag[0] == '-' && flag[1] == row.letter;
    if (letter || flag == row.name || flag == "--" + std::string(row.name)) return &row;
  }
  return nullptr;
}

// What may follow the flag; ":files" and ":directories" ask the shell for names, ":switch" says that nothing follows.
std::string ValueWords(const OptionRow& row) {
  if (row.map_key == MapKey::kMetric) return MetricWords("=");
  std::string out;
  switch (row.kind) {
    case ValueKind::kSwitch:
      return ":switch\n";
    case ValueKind::kMetric:
      return MetricWords("");
    case ValueKind::kFormat:
      return FormatWords();
    case ValueKind::kFile:
    case ValueKind::kEndpoint:
      return ":files\n";
    case ValueKind::kDirectory:
      return ":directories\n";
    case ValueKind::kChoice:
      for (const std::string_view choice : SplitList(row.choices, '|')) out += Word(choice, "");
      return out;
    default:
      return out;
  }
}

}  // namespace

std::optional<std::string> CompletionWords(const std::vector<std::string>& args) {
  if (args.empty()) return std::nullopt;
  const std::string& what = args[0];
  if (what == "commands" && args.size() == 1) return CommandWords();
  if (what == "metrics" && args.size() == 1) return MetricWords("");
  if (what == "formats" && args.size() == 1) return FormatWords();
  const CommandRow* command = args.size() > 1 ? FindCommand(args[1]) : nullptr;
  if (command == nullptr) return std::nullopt;
  if (what == "options" && args.size() == 2) return OptionWords(*command);
  if (what != "choices" || args.size() != 3) return std::nullopt;
  const OptionRow* row = FindByFlag(*command, args[2]);
  return row == nullptr ? "" : ValueWords(*row);
}

ExitCode RunCompleteCommand(const std::vector<std::string>& args) {
  const std::optional<std::string> words = CompletionWords(args);
  if (words) return WriteStdout(*words);
  PrintError("complete", "say commands, metrics, formats, options COMMAND, or choices COMMAND FLAG");
  return kExitUsage;
}

}  // namespace socklog
