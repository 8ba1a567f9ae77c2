#include "cli/cli.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <exception>
#include <new>
#include <string>
#include <vector>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/help.h"
#include "cli/messages.h"
#include "cli/signals.h"

namespace socklog {
namespace {

// The next file to be opened would take the number of a closed stdin, stdout or stderr, and then messages would be
// written into it. What holds the number instead can neither be read nor written.
void HoldStandardDescriptors() {
  for (const int number : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(number, F_GETFD) == -1) open("/", O_PATH | O_CLOEXEC);  // takes the lowest number that is free
  }
}

ExitCode ExplainWord(const std::string& word) {
  std::vector<std::string_view> names;
  for (const CommandRow& row : Commands()) names.push_back(row.name);
  if (word[0] == '-') {
    PrintError("", "unknown flag '" + word + "': the command comes first, as in 'socklog analyze " + word + "'");
  } else {
    const bool flag = word == "help" || word == "version";
    PrintError(
        "", "unknown command '" + word + '\'' + (flag ? " (did you mean '--" + word + "'?)" : DidYouMean(word, names)));
  }
  std::fputs("Try 'socklog --help'.\n", stderr);
  return kExitUsage;
}

ExitCode Dispatch(const std::vector<std::string>& args) {
  if (args.empty()) {
    std::fputs(FormatUsage().c_str(), stderr);
    return kExitUsage;
  }
  if (args[0] == "--help" || args[0] == "-h") return WriteStdout(FormatUsage());
  if (args[0] == "--version") return WriteStdout(FormatVersion());
  const std::vector<std::string> rest(args.begin() + 1, args.end());
  if (args[0] == "complete") return RunCompleteCommand(rest);
  if (const CommandRow* row = FindCommand(args[0])) return row->run(*row, rest);
  return ExplainWord(args[0].empty() ? "''" : args[0]);
}

// Each input and each partition of a topic needs one; the usual 1,024 are kept low for programs that use select.
void RaiseDescriptorLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

int RunCommandLine(int argc, char** argv) {
  CatchStopSignals();
  try {
    HoldStandardDescriptors();
    RaiseDescriptorLimit();
    IgnoreWriteSignals();
    return Dispatch(std::vector<std::string>(argv + (argc > 0 ? 1 : 0), argv + argc));
  } catch (const std::bad_alloc&) {
    PrintError("", "out of memory");
  } catch (const std::exception& error) {
    PrintError("", std::string("this should not have happened: ") + error.what());
  }
  return kExitFailed;
}

}  // namespace socklog
