// Checks of where bytes come from and go to.
#ifndef SOCKLOG_CONFIG_CHECK_STREAMS_H_
#define SOCKLOG_CONFIG_CHECK_STREAMS_H_

#include <vector>

#include "config/checks.h"
#include "config/config.h"

namespace socklog {

// Endpoints are well-formed, no two streams share one, a state has inputs that can be read again, instances that stand
// by share no files, certificates and keys are there and safe, insecure transports are warned of.
void CheckStreams(const Settings& settings, const Options& options, CheckScope scope, Diagnostics* diagnostics);

// The endpoints that a file names for a command, each where it is named; stdin and stdout are left out.
std::vector<NamedEndpoint> ListEndpoints(const Settings& settings, const Options& options);

}  // namespace socklog

#endif  // SOCKLOG_CONFIG_CHECK_STREAMS_H_
