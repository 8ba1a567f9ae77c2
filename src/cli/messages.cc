#include "cli/messages.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "base/text.h"

namespace socklog {

void PrintError(std::string_view command, std::string_view message) {
  std::string line = "socklog";
  if (!command.empty()) line += ' ' + std::string(command);
  line += ": ";
  AppendTerminalSafe(message, &line);
  line += '\n';
  std::fputs(line.c_str(), stderr);
}

void PrintDiagnostics(std::string_view command, const Diagnostics& diagnostics, int verbosity) {
  for (const Diagnostic& item : diagnostics.items()) {
    const bool warning = item.severity == Diagnostic::Severity::kWarning;
    if (warning && verbosity <= -2) continue;
    PrintError(command, (warning ? "warning: " : "") + item.where + ": " + item.what);
  }
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
