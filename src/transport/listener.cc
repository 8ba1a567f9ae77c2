#include "transport/listener.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include "base/log.h"
#include "transport/socket_address.h"

namespace socklog {
namespace {

constexpr int kBacklog = 128;
constexpr Micros kHandshakeTimeout = 10 * kSecond;
constexpr Micros kPause = kSecond;

Status ListenError(const Endpoint& endpoint, int error) {
  const std::string place = endpoint.path.empty() ? "port " + endpoint.port : endpoint.path;
  if (error == EADDRINUSE) {
    return Status::Usage(endpoint.text + ": " + place + " is in use by another program; stop it or choose another");
  }
  const std::string mend = error == EADDRNOTAVAIL ? "; give an address of this machine"
                           : error == EACCES      ? "; choose a place that this user may listen at"
                                                  : "";
  return Status::Usage(endpoint.text + ": cannot listen: " + ErrnoText(error) + mend);
}

// Whether some process has this Unix socket open. A datagram socket asks, so that a living listener refuses it by its
// type and does not take it for a client.
bool IsAlive(const SocketAddress& address) {
  const UniqueFd probe(socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  return !probe.valid() || connect(probe.get(), address.get(), address.size) == 0 || errno != ECONNREFUSED;
}

std::string ClientName(const Endpoint& endpoint, int fd, std::uint64_t number) {
  if (!endpoint.path.empty()) return "unix client " + std::to_string(number);
  const char* kind = endpoint.kind == Endpoint::Kind::kTlsListen ? "tls client " : "tcp client ";
  return kind + AddressText(PeerAddress(fd));
}

}  // namespace

Result<std::unique_ptr<Listener>> Listener::Open(const Endpoint& endpoint, const ConnectionOptions& options,
                                                 const Clock& clock) {
  std::unique_ptr<Listener> listener(new Listener(endpoint, options, clock));
  if (endpoint.kind == Endpoint::Kind::kTlsListen) {
    Result<std::shared_ptr<const TlsContext>> context = NewTlsServerContext(options.tls);
    if (!context.ok()) return Status(context.status().code(), endpoint.text + ": " + context.status().message());
    listener->tls_ = *context;
  }
  Status status = endpoint.path.empty() ? listener->BindAddresses() : listener->BindUnix();
  if (!status.ok()) return status;
  return listener;
}

Listener::~Listener() { Close(); }

Status Listener::BindAddresses() {
  Result<std::vector<SocketAddress>> addresses = ResolveAddresses(endpoint_);
  if (!addresses.ok()) return Status::Usage(endpoint_.text + ": " + addresses.status().message());
  int error = 0;
  for (const SocketAddress& address : *addresses) {
    UniqueFd fd(socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    const int on = 1;
    if (fd.valid()) setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (fd.valid() && address.family() == AF_INET6) setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
    if (!fd.valid() || bind(fd.get(), address.get(), address.size) != 0 || listen(fd.get(), kBacklog) != 0) {
      error = errno;
      if (error == EADDRINUSE) return ListenError(endpoint_, error);
      continue;  // a host may have addresses of a kind that is switched off here
    }
    sockets_.push_back(std::move(fd));
    if (endpoint_.port == "0") break;
  }
  if (sockets_.empty()) return ListenError(endpoint_, error);
  for (const UniqueFd& fd : sockets_)
    LogDetail(endpoint_.text + ": listening on " + AddressText(LocalAddress(fd.get())));
  if (endpoint_.port == "0") LogNote(endpoint_.text + ": listening on port " + std::to_string(port()));
  return Status();
}

Status Listener::BindUnix() {
  Result<std::vector<SocketAddress>> addresses = ResolveAddresses(endpoint_);
  if (!addresses.ok()) return addresses.status();
  const SocketAddress& address = addresses->front();
  struct stat info;
  if (lstat(endpoint_.path.c_str(), &info) == 0) {
    if (!S_ISSOCK(info.st_mode))
      return Status::Usage(endpoint_.text + ": the path is taken by something that is no socket");
    if (IsAlive(address)) return ListenError(endpoint_, EADDRINUSE);
    unlink(endpoint_.path.c_str());  // left over by a process that has died
  }
  UniqueFd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  // Linux gives the path the socket's own mode, so that there is no moment at which others could connect.
  if (!fd.valid() || fchmod(fd.get(), 0600) != 0 || bind(fd.get(), address.get(), address.size) != 0) {
    return ListenError(endpoint_, errno);
  }
  if (lstat(endpoint_.path.c_str(), &info) == 0) {
    owns_path_ = true;
    path_device_ = info.st_dev;
    path_inode_ = info.st_ino;
  }
  if (listen(fd.get(), kBacklog) != 0) return ListenError(endpoint_, errno);
  sockets_.push_back(std::move(fd));
  LogDetail(endpoint_.text + ": listening");
  return Status();
}

void Listener::Close() {
  sockets_.clear();
  pending_.clear();
  if (!owns_path_) return;
  owns_path_ = false;
  struct stat info;
  const bool ours =
      lstat(endpoint_.path.c_str(), &info) == 0 && info.st_dev == path_device_ && info.st_ino == path_inode_;
  if (ours) unlink(endpoint_.path.c_str());
}

std::uint16_t Listener::port() const {
  if (sockets_.empty()) return 0;
  const SocketAddress address = LocalAddress(sockets_.front().get());
  if (address.family() == AF_INET) return ntohs(reinterpret_cast<const sockaddr_in*>(&address.storage)->sin_port);
  if (address.family() == AF_INET6) return ntohs(reinterpret_cast<const sockaddr_in6*>(&address.storage)->sin6_port);
  return 0;
}

bool Listener::IsFull(std::size_t active) const {
  return active + pending_.size() >= std::max<std::size_t>(options_.max_clients, 1);
}

bool Listener::HasRoom(std::size_t active) const { return !IsFull(active) && clock_.Monotonic() >= paused_until_; }

bool Listener::HasQueue(std::size_t active) const {
  const auto has_queue = [](const UniqueFd& socket) { return ReadyNow(socket.get(), POLLIN); };
  return IsFull(active) && std::any_of(sockets_.begin(), sockets_.end(), has_queue);
}

// Returns whether another client may be waiting.
bool Listener::AcceptOne(int socket) {
  UniqueFd fd(accept4(socket, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!fd.valid()) {
    const bool exhausted = errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
    if (exhausted) {
      LogWarning(endpoint_.text + ": cannot accept a client: " + ErrnoText(errno));
      paused_until_ = clock_.Monotonic() + kPause;
    }
    return errno == ECONNABORTED || errno == EINTR;
  }
  const std::string name = ClientName(endpoint_, fd.get(), ++accepted_);
  const int on = 1;
  setsockopt(fd.get(), SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
  if (endpoint_.path.empty()) setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  std::unique_ptr<Channel> channel;
  if (tls_ == nullptr) {
    channel = NewSocketChannel(std::move(fd));
  } else {
    Result<std::unique_ptr<Channel>> secured = NewTlsChannel(tls_, std::move(fd), "");
    if (!secured.ok()) {
      LogWarning(name + ": " + secured.status().message());
      return true;
    }
    channel = std::move(secured).value();
  }
  pending_.push_back({std::move(channel), name, clock_.Monotonic()});
  return true;
}

std::vector<Client> Listener::FinishHandshakes() {
  std::vector<Client> ready;
  std::vector<Pending> waiting;
  for (Pending& pending : pending_) {
    const IoResult io = pending.channel->Handshake();
    if (io.state == IoState::kDone) {
      ready.push_back({std::move(pending.channel), std::move(pending.name)});
    } else if (io.state != IoState::kWouldBlock) {
      LogWarning(pending.name + " was turned away: " + io.error.message());
    } else if (clock_.Monotonic() - pending.since >= kHandshakeTimeout) {
      LogWarning(pending.name + " was turned away: its TLS handshake takes too long");
    } else {
      waiting.push_back(std::move(pending));
    }
  }
  pending_ = std::move(waiting);
  return ready;
}

std::vector<Client> Listener::Accept(std::size_t active) {
  for (const UniqueFd& socket : sockets_) {
    while (HasRoom(active) && AcceptOne(socket.get())) {
    }
  }
  if (pending_.empty()) return {};
  return FinishHandshakes();
}

void Listener::AddTo(PollSet* set, std::size_t active) const {
  for (const Pending& pending : pending_) {
    set->Add(pending.channel->fd(), pending.channel->read_events());
    set->DueIn(pending.since + kHandshakeTimeout - clock_.Monotonic());
  }
  if (HasRoom(active)) {
    for (const UniqueFd& socket : sockets_) set->Add(socket.get(), POLLIN);
  } else if (clock_.Monotonic() < paused_until_) {
    set->DueIn(paused_until_ - clock_.Monotonic());
  }
}

}  // namespace socklog
