#include "pipeline/endpoint_probe.h"

#include "transport/probe.h"

namespace socklog {

Result<std::string> Probe(const EndpointUse& use, const Clock& clock) {
  if (use.role == EndpointRole::kState) return ProbeDirectory(use.text);
  if (use.role == EndpointRole::kOutputFile) {
    return ProbeEndpoint(FileEndpoint(use.text), false, use.connection, clock);
  }
  Result<Endpoint> endpoint = ParseEndpoint(use.text);
  if (!endpoint.ok()) return endpoint.status();
  return ProbeEndpoint(*endpoint, use.role == EndpointRole::kInput, use.connection, clock);
}

}  // namespace socklog
