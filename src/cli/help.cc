#include "cli/help.h"

#include <algorithm>

namespace socklog {
namespace {

constexpr std::size_t kWidth = 96;
constexpr std::size_t kIndent = 32;

constexpr std::string_view kEndpoints =
    "\nINPUT and ENDPOINT:\n"
    "  -   PATH   tcp://HOST:PORT   tls://HOST:PORT   unix:PATH                        (connect)\n"
    "  tcp-listen://[HOST]:PORT   tls-listen://[HOST]:PORT   unix-listen:PATH          (listen)\n"
    "  kafka://BROKER[:PORT][,BROKER[:PORT]...]/TOPIC                                  (Kafka)\n"
    "\nTIME is a length such as 10s, 5m, 1h30m, or a point in time such as 2026-01-31T12:00:00Z.\n";

// Appends `text` word by word; it begins at column `indent`, as do further lines.
void AppendWrapped(std::string_view text, std::size_t indent, std::string* out) {
  bool first = true;
  std::size_t column = indent;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!first && column + 1 + word.size() > kWidth) {
      *out += '\n' + std::string(indent, ' ');
      column = indent;
    } else if (!first) {
      *out += ' ';
      ++column;
    }
    *out += word;
    column += word.size();
    first = false;
  }
  *out += '\n';
}

std::string OptionColumn(const OptionRow& row) {
  std::string text = row.letter != 0 ? "  -" + std::string(1, row.letter) + ", --" : "      --";
  text += row.name;
  const std::string_view value = row.choices.empty() ? row.metavar : row.choices;
  if (!value.empty()) text += ' ' + std::string(value);
  return text;
}

void AppendOption(const OptionRow& row, Command command, std::string* out) {
  std::string column = OptionColumn(row);
  if (column.size() + 2 > kIndent) {
    *out += column + '\n';
    column.clear();
  }
  column.resize(kIndent, ' ');
  *out += column;
  std::string help(row.HelpOf(command));
  const std::string_view default_text = row.DefaultOf(command);
  if (!default_text.empty()) help += " (default: " + std::string(default_text) + ')';
  AppendWrapped(help, kIndent, out);
}

std::string UsageLine(const CommandRow& row) {
  std::string line = "Usage: socklog " + std::string(row.name) + " [OPTION ...]";
  if (!row.arguments.empty()) line += ' ' + std::string(row.arguments);
  return line + '\n';
}

}  // namespace

std::string FormatUsage() {
  std::string out =
      "Usage: socklog COMMAND [OPTION ...]\n\n"
      "HTTP access logs in, alerts out.\n\n"
      "Commands:\n";
  for (const CommandRow& row : Commands()) {
    std::string name = "  " + std::string(row.name);
    name.resize(16, ' ');
    out += name + std::string(row.help) + '\n';
  }
  out += "\n'socklog COMMAND --help' tells all about a command, 'socklog --version' the version.\n";
  return out;
}

std::string FormatShortUsage(const CommandRow& row) {
  return UsageLine(row) + "Try 'socklog " + std::string(row.name) + " --help'.\n";
}

std::string FormatHelp(const CommandRow& row) {
  std::string out = UsageLine(row) + '\n';
  std::string help(row.help);
  help[0] = static_cast<char>(help[0] - 'a' + 'A');
  out += help + ".\n";
  AppendWrapped(row.details, 0, &out);
  std::string_view section;
  for (const OptionRow& option : OptionTable()) {
    if ((option.commands & row.command) == 0) continue;
    if (option.section != section) {
      section = option.section;
      out += '\n' + std::string(section) + ":\n";
    }
    AppendOption(option, row.command, &out);
  }
  if (row.command != kCommandCheckConfig) out += kEndpoints;
  return out;
}

std::string FormatVersion() { return "socklog " SOCKLOG_VERSION "\n"; }

}  // namespace socklog
