// Addresses of sockets, from names and to text.
#ifndef SOCKLOG_TRANSPORT_SOCKET_ADDRESS_H_
#define SOCKLOG_TRANSPORT_SOCKET_ADDRESS_H_

#include <sys/socket.h>

#include <string>
#include <vector>

#include "socklog/status.h"
#include "transport/transport.h"

namespace socklog {

struct SocketAddress {
  sockaddr_storage storage = {};
  socklen_t size = 0;

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  int family() const { return storage.ss_family; }
};

// What an endpoint stands for: a path, or all addresses of a host, in the order to try. Names are looked up, which may
// block. Errors: kUsage for a path that is too long for a socket, kUnavailable for a name that is not known (now).
Result<std::vector<SocketAddress>> ResolveAddresses(const Endpoint& endpoint);

// "192.0.2.7:4711", "[::1]:4711"; empty for a Unix socket.
std::string AddressText(const SocketAddress& address);

// The address at the other end, and at this end. Empty (size 0) when it cannot be told.
SocketAddress PeerAddress(int fd);
SocketAddress LocalAddress(int fd);

}  // namespace socklog

#endif  // SOCKLOG_TRANSPORT_SOCKET_ADDRESS_H_
