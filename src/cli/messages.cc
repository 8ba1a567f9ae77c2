#include "cli/messages.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "base/text.h"

namespace socklog {
namespace {

constexpr std::size_t kMostOfValue = 200;
constexpr std::size_t kMostOfMessage = 2000;

bool IsWordByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c & 0x80) != 0;
}

// A quote that is no apostrophe: nothing is before it to belong to, or nothing behind it.
std::size_t FindQuote(std::string_view text, std::size_t from, bool opening) {
  for (std::size_t at = text.find('\'', from); at != std::string_view::npos; at = text.find('\'', at + 1)) {
    if (opening ? at == 0 || !IsWordByte(text[at - 1]) : at + 1 == text.size() || !IsWordByte(text[at + 1])) return at;
  }
  return std::string_view::npos;
}

}  // namespace

std::string ShortMessage(std::string_view message) {
  std::string out;
  while (true) {
    const std::size_t open = FindQuote(message, 0, true);
    const std::size_t close = open == std::string_view::npos ? open : FindQuote(message, open + 1, false);
    if (close == std::string_view::npos) break;
    out.append(message.substr(0, open + 1));
    out += Shorten(message.substr(open + 1, close - open - 1), kMostOfValue, 0);
    out += '\'';
    message.remove_prefix(close + 1);
  }
  out += message;
  return Shorten(out, kMostOfMessage / 2, kMostOfMessage / 2);  // not quoted, or full of quotes itself
}

void PrintError(std::string_view command, std::string_view message) {
  std::string line = "socklog";
  if (!command.empty()) line += ' ' + std::string(command);
  line += ": ";
  AppendTerminalSafe(ShortMessage(message), &line);
  line += '\n';
  std::fputs(line.c_str(), stderr);
}

void PrintDiagnostics(std::string_view command, const Diagnostics& diagnostics, int verbosity) {
  const std::vector<Diagnostic>& items = diagnostics.items();
  for (std::size_t i = 0; i < items.size() && i < Diagnostics::kMostShown; ++i) {
    const Diagnostic& item = items[i];
    const bool warning = item.severity == Diagnostic::Severity::kWarning;
    if (warning && verbosity <= -2) continue;
    PrintError(command, (warning ? "warning: " : "") + item.where + ": " + item.what);
  }
  if (const std::string more = MoreDiagnostics(items.size()); !more.empty()) PrintError(command, more);
}

std::string MoreDiagnostics(std::size_t count) {
  return count <= Diagnostics::kMostShown ? "" : "and " + FormatThousands(count - Diagnostics::kMostShown) + " more";
}

ExitCode WriteStdout(std::string_view text) {
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  if (written || errno == EPIPE) return kExitDone;
  PrintError("", std::string("cannot write to stdout: ") + std::strerror(errno));
  return kExitFailed;
}

bool UseColor(ColorMode mode, int fd) {
  if (mode != ColorMode::kAuto) return mode == ColorMode::kAlways;
  const char* no_color = std::getenv("NO_COLOR");
  if (no_color != nullptr && *no_color != '\0') return false;
  const char* term = std::getenv("TERM");
  if (term != nullptr && std::strcmp(term, "dumb") == 0) return false;
  return isatty(fd) == 1;
}

ExitCode ReportStatus(std::string_view command, const Status& status) {
  if (!status.ok() && status.code() != StatusCode::kBrokenPipe) PrintError(command, status.message());
  return ExitCodeOf(status.code());
}

}  // namespace socklog
