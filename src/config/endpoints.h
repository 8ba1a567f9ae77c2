// What endpoints mean together, from their text alone.
#ifndef SOCKLOG_CONFIG_ENDPOINTS_H_
#define SOCKLOG_CONFIG_ENDPOINTS_H_

#include "base/endpoint.h"

namespace socklog {

// Bytes leave this machine, or can come from outside. The loopback addresses and localhost do not count.
bool IsRemote(const Endpoint& endpoint);

// Whether both are one place: the same file (also through links), the same address. /dev/null is never.
bool IsSamePlace(const Endpoint& a, const Endpoint& b, bool touch_files);

}  // namespace socklog

#endif  // SOCKLOG_CONFIG_ENDPOINTS_H_
