// What can be said of an endpoint from its text alone. Opening it is transport's business.
#ifndef SOCKLOG_CONFIG_ENDPOINTS_H_
#define SOCKLOG_CONFIG_ENDPOINTS_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "socklog/status.h"

namespace socklog {

struct EndpointText {
  std::string scheme;  // "-", "file", "tcp", "tls", "unix", "tcp-listen", "tls-listen", "unix-listen", "kafka"
  std::string host;    // without brackets; listening without one: empty
  std::string port;
  std::string path;  // files and Unix sockets

  bool is_socket() const { return scheme != "-" && scheme != "file"; }
  bool listens() const { return scheme.size() > 7 && scheme.compare(scheme.size() - 7, 7, "-listen") == 0; }
  // Bytes leave this machine, or can come from outside. The loopback addresses and localhost do not count.
  bool is_remote() const;
};

// Errors: unknown scheme with the nearest known one, missing or bad port, Kafka.
Result<EndpointText> SplitEndpoint(std::string_view text);

// "tcp://HOST:PORT" or "tcp-listen://HOST:PORT", with brackets around an IPv6 address.
std::string SocketEndpoint(std::string_view scheme, std::string_view host, std::uint16_t port);

// Whether both are one place: the same file (also through links), the same address. /dev/null is never.
bool IsSamePlace(const EndpointText& a, const EndpointText& b, bool touch_files);

}  // namespace socklog

#endif  // SOCKLOG_CONFIG_ENDPOINTS_H_
