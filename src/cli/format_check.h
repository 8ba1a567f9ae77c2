// Whether the log format of a command's options is one.
#ifndef SOCKLOG_CLI_FORMAT_CHECK_H_
#define SOCKLOG_CLI_FORMAT_CHECK_H_

#include "config/option_table.h"
#include "socklog/options.h"
#include "socklog/status.h"

namespace socklog {

// Error: what the format module says of it. Reads nothing.
Status CheckLogFormat(Command command, const Options& options);

}  // namespace socklog

#endif  // SOCKLOG_CLI_FORMAT_CHECK_H_
