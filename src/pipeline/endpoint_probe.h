// Whether what a configuration names could be used.
#ifndef SOCKLOG_PIPELINE_ENDPOINT_PROBE_H_
#define SOCKLOG_PIPELINE_ENDPOINT_PROBE_H_

#include <string>

#include "socklog/endpoint_use.h"
#include "socklog/status.h"
#include "socklog/time.h"

namespace socklog {

// Connects, listens for a moment, looks at permissions; keeps and writes nothing, and takes a few seconds at the most.
// Returns what was found, "connected". Errors: what a job would say, and what to do.
Result<std::string> Probe(const EndpointUse& use, const Clock& clock);

}  // namespace socklog

#endif  // SOCKLOG_PIPELINE_ENDPOINT_PROBE_H_
