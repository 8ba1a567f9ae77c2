#include "transport/connector.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/log.h"
#include "base/text.h"

namespace socklog {
namespace {

constexpr Micros kFirstBackoff = 50 * kMillisecond;
constexpr Micros kLastBackoff = kSecond;
constexpr Micros kAttemptTimeout = 5 * kSecond;  // one address that does not answer must not use up the others' time

int SocketError(int fd) {
  int error = 0;
  socklen_t size = sizeof(error);
  return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

// A connection to a free port of this machine can find itself at the other end, if the system picks that port for it.
bool IsConnectedToItself(int fd) {
  const SocketAddress local = LocalAddress(fd);
  const SocketAddress peer = PeerAddress(fd);
  return local.family() != AF_UNIX && local.size != 0 && local.size == peer.size &&
         AddressText(local) == AddressText(peer);
}

void SetTcpOptions(int fd) {
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

}  // namespace

Connector::Connector(const Endpoint& endpoint, const ConnectionOptions& options, const Clock& clock)
    : endpoint_(endpoint),
      clock_(clock),
      timeout_(options.connect_timeout),
      started_(clock.Monotonic()),
      backoff_(kFirstBackoff) {}

Result<std::unique_ptr<Connector>> Connector::Create(const Endpoint& endpoint, const ConnectionOptions& options,
                                                     const Clock& clock) {
  std::unique_ptr<Connector> connector(new Connector(endpoint, options, clock));
  if (endpoint.kind == Endpoint::Kind::kTls) {
    Result<std::shared_ptr<const TlsContext>> context = NewTlsClientContext(options.tls);
    if (!context.ok()) return context.status();
    connector->tls_ = *context;
  }
  if (!endpoint.path.empty()) {
    if (Result<std::vector<SocketAddress>> address = ResolveAddresses(endpoint); !address.ok()) return address.status();
  }
  return connector;
}

Result<std::unique_ptr<Channel>> Connector::Step() {
  for (;;) {
    const State before = state_;
    const std::size_t address_before = next_address_;
    switch (state_) {
      case State::kBackoff:
        if (clock_.Monotonic() >= next_try_) state_ = State::kStart;
        break;
      case State::kStart:
        Start();
        break;
      case State::kNextAddress:
        ConnectToNext();
        break;
      case State::kConnecting:
        CheckConnected();
        break;
      case State::kHandshaking:
        CheckHandshake();
        break;
    }
    if (!fatal_.ok()) return fatal_;
    if (established_) {
      established_ = false;
      ever_connected_ = true;
      return std::move(channel_);
    }
    if (!ever_connected_ && state_ != State::kNextAddress && clock_.Monotonic() >= Deadline()) return TimedOut();
    if (state_ == before && next_address_ == address_before) return std::unique_ptr<Channel>();
  }
}

void Connector::Start() {
  Result<std::vector<SocketAddress>> addresses = ResolveAddresses(endpoint_);
  if (!addresses.ok()) return BackOff(addresses.status().message());
  addresses_ = *addresses;
  next_address_ = 0;
  state_ = State::kNextAddress;
}

void Connector::ConnectToNext() {
  if (next_address_ == addresses_.size()) return BackOff(last_error_);
  const SocketAddress& address = addresses_[next_address_++];
  attempt_started_ = clock_.Monotonic();
  socket_ = UniqueFd(socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket_.valid()) return AddressFailed(ErrnoText(errno));
  if (address.family() != AF_UNIX) SetTcpOptions(socket_.get());
  if (connect(socket_.get(), address.get(), address.size) == 0 || errno == EINPROGRESS) {
    state_ = State::kConnecting;
  } else {
    AddressFailed(ErrnoText(errno));
  }
}

void Connector::CheckConnected() {
  if (!ReadyNow(socket_.get(), POLLOUT)) {
    if (clock_.Monotonic() - attempt_started_ > kAttemptTimeout) AddressFailed("no answer");
    return;
  }
  if (const int error = SocketError(socket_.get()); error != 0) return AddressFailed(ErrnoText(error));
  if (IsConnectedToItself(socket_.get())) return AddressFailed(ErrnoText(ECONNREFUSED));
  if (tls_ == nullptr) {
    channel_ = NewSocketChannel(std::move(socket_));
    established_ = true;
    return;
  }
  Result<std::unique_ptr<Channel>> channel = NewTlsChannel(tls_, std::move(socket_), endpoint_.host);
  if (!channel.ok()) {
    fatal_ = channel.status();
    return;
  }
  channel_ = std::move(channel).value();
  state_ = State::kHandshaking;
}

void Connector::CheckHandshake() {
  const IoResult io = channel_->Handshake();
  switch (io.state) {
    case IoState::kDone:
      established_ = true;
      return;
    case IoState::kWouldBlock:
      if (clock_.Monotonic() - attempt_started_ > kAttemptTimeout) AddressFailed("the TLS handshake takes too long");
      return;
    case IoState::kError:
      fatal_ = Status(io.error.code(), endpoint_.text + ": " + io.error.message());
      return;
    case IoState::kEnd:
    case IoState::kCut:
      return AddressFailed(io.error.message());
  }
}

void Connector::AddressFailed(const std::string& why) {
  socket_.Reset();
  channel_.reset();
  last_error_ = why;
  state_ = State::kNextAddress;
}

void Connector::BackOff(const std::string& why) {
  if (last_error_ != why || backoff_ == kFirstBackoff) LogDetail(endpoint_.text + ": " + why + "; trying again");
  last_error_ = why;
  if (once_) fatal_ = Status(StatusCode::kUnavailable, endpoint_.text + ": cannot connect: " + why);
  next_try_ = clock_.Monotonic() + backoff_;
  backoff_ = std::min(2 * backoff_, kLastBackoff);
  state_ = State::kBackoff;
}

void Connector::Restart() {
  backoff_ = kFirstBackoff;
  socket_.Reset();
  channel_.reset();
  // Not at once: a peer that accepts and closes again would be asked without a pause.
  BackOff("the connection was lost");
}

Micros Connector::Deadline() const { return started_ + timeout_; }

Status Connector::TimedOut() const {
  // The error may be that of a host's other address, while this one has been silent for a while.
  const bool is_connecting = state_ == State::kConnecting || state_ == State::kHandshaking;
  const bool is_silent = is_connecting && clock_.Monotonic() - attempt_started_ > 100 * kMillisecond;
  const std::string why = is_silent || last_error_.empty() ? "no answer" : last_error_;
  return {StatusCode::kUnavailable,
          endpoint_.text + ": cannot connect: " + why + " (tried for " + FormatDuration(timeout_) + ")"};
}

void Connector::AddTo(PollSet* set) const {
  switch (state_) {
    case State::kConnecting:
      set->Add(socket_.get(), POLLOUT);
      break;
    case State::kHandshaking:
      set->Add(channel_->fd(), channel_->read_events());
      break;
    case State::kBackoff:
      set->DueIn(next_try_ - clock_.Monotonic());
      break;
    default:
      set->DueIn(0);
  }
  if (state_ == State::kConnecting || state_ == State::kHandshaking) {
    set->DueIn(attempt_started_ + kAttemptTimeout + kMillisecond - clock_.Monotonic());
  }
  if (!ever_connected_) set->DueIn(Deadline() - clock_.Monotonic());
}

Result<std::unique_ptr<Channel>> ConnectOnce(const Endpoint& endpoint, const ConnectionOptions& options,
                                             const Clock& clock) {
  Result<std::unique_ptr<Connector>> connector = Connector::Create(endpoint, options, clock);
  if (!connector.ok()) return connector.status();
  (*connector)->TryOnce();
  for (;;) {
    Result<std::unique_ptr<Channel>> channel = (*connector)->Step();
    if (!channel.ok() || *channel != nullptr) return channel;
    PollSet set;
    (*connector)->AddTo(&set);
    if (Status status = set.Poll(-1); !status.ok()) return status;
  }
}

}  // namespace socklog
