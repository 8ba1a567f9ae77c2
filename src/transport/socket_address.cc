#include "transport/socket_address.h"

#include <netdb.h>
#include <sys/un.h>

#include <cstring>

namespace socklog {
namespace {

Result<std::vector<SocketAddress>> UnixAddress(const Endpoint& endpoint) {
  SocketAddress address;
  auto* unix_address = reinterpret_cast<sockaddr_un*>(&address.storage);
  if (endpoint.path.size() >= sizeof(unix_address->sun_path)) {
    return Status::Usage(endpoint.text + ": the path of a Unix socket has at most " +
                         std::to_string(sizeof(unix_address->sun_path) - 1) + " bytes");
  }
  unix_address->sun_family = AF_UNIX;
  std::memcpy(unix_address->sun_path, endpoint.path.c_str(), endpoint.path.size() + 1);
  address.size = sizeof(sockaddr_un);
  return std::vector<SocketAddress>{address};
}

}  // namespace

Result<std::vector<SocketAddress>> ResolveAddresses(const Endpoint& endpoint) {
  if (!endpoint.path.empty()) return UnixAddress(endpoint);
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV | (endpoint.listens() ? AI_PASSIVE : 0);
  addrinfo* list = nullptr;
  const int error = getaddrinfo(endpoint.host.c_str(), endpoint.port.c_str(), &hints, &list);
  if (error != 0) {
    return Status(StatusCode::kUnavailable, "cannot look up '" + endpoint.host + "': " + gai_strerror(error));
  }
  std::vector<SocketAddress> addresses;
  for (const addrinfo* entry = list; entry != nullptr; entry = entry->ai_next) {
    SocketAddress address;
    std::memcpy(&address.storage, entry->ai_addr, entry->ai_addrlen);
    address.size = entry->ai_addrlen;
    addresses.push_back(address);
  }
  freeaddrinfo(list);
  return addresses;
}

std::string AddressText(const SocketAddress& address) {
  char host[NI_MAXHOST];
  char port[NI_MAXSERV];
  if (address.size == 0 || address.family() == AF_UNIX) return "";
  if (getnameinfo(address.get(), address.size, host, sizeof(host), port, sizeof(port),
                  NI_NUMERICHOST | NI_NUMERICSERV) != 0)
    return "";
  const bool v6 = std::strchr(host, ':') != nullptr;
  return (v6 ? "[" + std::string(host) + "]" : std::string(host)) + ":" + port;
}

SocketAddress PeerAddress(int fd) {
  SocketAddress address;
  socklen_t size = sizeof(address.storage);
  if (getpeername(fd, reinterpret_cast<sockaddr*>(&address.storage), &size) == 0) address.size = size;
  return address;
}

SocketAddress LocalAddress(int fd) {
  SocketAddress address;
  socklen_t size = sizeof(address.storage);
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&address.storage), &size) == 0) address.size = size;
  return address;
}

}  // namespace socklog
