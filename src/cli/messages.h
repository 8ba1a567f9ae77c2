// What the command line itself says to people and to pipes.
#ifndef SOCKLOG_CLI_MESSAGES_H_
#define SOCKLOG_CLI_MESSAGES_H_

#include <string>
#include <string_view>

#include "cli/exit_code.h"
#include "config/diagnostics.h"
#include "socklog/options.h"
#include "socklog/status.h"

namespace socklog {

// A message with every quoted value cut to some 200 bytes, so that it is still read for what it says.
std::string ShortMessage(std::string_view message);

// "socklog COMMAND: MESSAGE" on stderr, control bytes made printable, shortened. `command` may be empty.
void PrintError(std::string_view command, std::string_view message);

// The first diagnostics of a command's options; warnings only while `verbosity` is above -2.
void PrintDiagnostics(std::string_view command, const Diagnostics& diagnostics, int verbosity);

// "and 1,234 more" where a list of so many diagnostics is not told to its end, else empty.
std::string MoreDiagnostics(std::size_t count);

// Writes data to stdout. kExitDone also if nobody reads it; kExitFailed, said on stderr, if it cannot be written.
ExitCode WriteStdout(std::string_view text);

// Whether that file descriptor takes colours, by --color, NO_COLOR, TERM and being a terminal.
bool UseColor(ColorMode mode, int fd);

// Says why, unless the reader has just gone, and gives the exit code.
ExitCode ReportStatus(std::string_view command, const Status& status);

}  // namespace socklog

#endif  // SOCKLOG_CLI_MESSAGES_H_
