// What check-config --probe found, for people and for scripts.
#ifndef SOCKLOG_CLI_PROBE_TABLE_H_
#define SOCKLOG_CLI_PROBE_TABLE_H_

#include <string>
#include <vector>

#include "config/diagnostics.h"
#include "socklog/probe_row.h"

namespace socklog {

// A line for each endpoint that can be used, then the table of what was tried of topics, with its failures: those are
// told in full as diagnostics. `path`: the file that names them.
std::string ProbeRowsAsText(const std::string& path, const std::vector<ProbeRow>& rows);

// One object, socklog.probe.v1, on a line. `place` names the endpoint.
std::string ProbeRowAsJson(const ProbeRow& row, const Place& place);

}  // namespace socklog

#endif  // SOCKLOG_CLI_PROBE_TABLE_H_
