// Whether endpoints could be used, found out without using them.
#ifndef SOCKLOG_TRANSPORT_PROBE_H_
#define SOCKLOG_TRANSPORT_PROBE_H_

#include <string>

#include "socklog/options.h"
#include "socklog/status.h"
#include "transport/transport.h"

namespace socklog {

// Connects, with TLS until both sides have accepted the other's certificate, or listens for a moment: in one attempt of
// a few seconds at the most, unless the system takes longer to look a name up. Of files nothing but the permissions is
// looked at. Returns what was found, "connected". Errors: as OpenSource and OpenSink, each with what to do. REQUIRES:
// it is no topic, see kafka_probe.h
Result<std::string> ProbeEndpoint(const Endpoint& endpoint, bool input, const ConnectionOptions& options,
                                  const Clock& clock);

// Whether a directory can be written to, or could be made.
Result<std::string> ProbeDirectory(const std::string& path);

}  // namespace socklog

#endif  // SOCKLOG_TRANSPORT_PROBE_H_
