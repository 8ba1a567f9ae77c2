// The command line: argv -> Options -> one command.
#ifndef SOCKLOG_CLI_CLI_H_
#define SOCKLOG_CLI_CLI_H_

namespace socklog {

// Runs `socklog ARGV...` and returns the exit code (see cli/exit_code.h). No exception leaves it.
int RunCommandLine(int argc, char** argv);

}  // namespace socklog

#endif  // SOCKLOG_CLI_CLI_H_
