// Signals of a running job.
#ifndef SOCKLOG_CLI_SIGNALS_H_
#define SOCKLOG_CLI_SIGNALS_H_

namespace socklog {

// From the start on, SIGINT and SIGTERM are kept for the job, which will end well before it has begun; a second one
// ends the process at once. The reading of options is not disturbed.
void CatchStopSignals();

// From now on they also end calls that wait for data or for a reader: there is a job, and it stops (RequestStop).
void InterruptByStopSignals();

// SIGINT and SIGTERM end the process, also one that came before: it does nothing that could be lost.
void ReleaseStopSignals();

// Writing to a closed pipe or socket, or beyond the limit on the size of files, gives an error instead of a signal.
void IgnoreWriteSignals();

}  // namespace socklog

#endif  // SOCKLOG_CLI_SIGNALS_H_
