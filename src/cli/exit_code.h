// What the exit code of socklog says; socklog(1) documents it.
#ifndef SOCKLOG_CLI_EXIT_CODE_H_
#define SOCKLOG_CLI_EXIT_CODE_H_

#include "socklog/status.h"

namespace socklog {

enum ExitCode : int {
  kExitDone = 0,
  kExitFailed = 1,  // while running
  kExitUsage = 2,   // wrong usage or configuration, or a damaged state
  kExitAlerts = 3,  // an alert fired, with --fail-on-alert
};

constexpr ExitCode ExitCodeOf(StatusCode code) {
  switch (code) {
    case StatusCode::kOk:
    case StatusCode::kBrokenPipe:
      return kExitDone;
    case StatusCode::kUsage:
    case StatusCode::kDataLoss:
      return kExitUsage;
    case StatusCode::kFailed:
    case StatusCode::kUnavailable:
    case StatusCode::kAborted:
      return kExitFailed;
  }
  return kExitFailed;
}

}  // namespace socklog

#endif  // SOCKLOG_CLI_EXIT_CODE_H_
