// Signals of a running job.
#ifndef SOCKLOG_CLI_SIGNALS_H_
#define SOCKLOG_CLI_SIGNALS_H_

namespace socklog {

// SIGINT and SIGTERM ask the job to stop (RequestStop); a second one ends the process at once.
void InstallStopSignals();

// Writing to a closed pipe or socket, or beyond the limit on the size of files, gives an error instead of a signal.
void IgnoreWriteSignals();

}  // namespace socklog

#endif  // SOCKLOG_CLI_SIGNALS_H_
