// Connects to an endpoint without blocking, and tries again until it works.
#ifndef SOCKLOG_TRANSPORT_CONNECTOR_H_
#define SOCKLOG_TRANSPORT_CONNECTOR_H_

#include <memory>
#include <string>
#include <vector>

#include "socklog/options.h"
#include "transport/channel.h"
#include "transport/socket_address.h"
#include "transport/tls.h"
#include "transport/transport.h"

namespace socklog {

// One connection at a time to tcp://, tls:// or unix:. Tries all addresses of the host, then waits 50 ms, doubling up
// to 1 s. Until the first success it gives up after options.connect_timeout; after it, never. Thread-compatible.
class Connector {
 public:
  // Errors: kUsage (TLS files, length of a path).
  static Result<std::unique_ptr<Connector>> Create(const Endpoint& endpoint, const ConnectionOptions& options,
                                                   const Clock& clock);

  // Goes on as far as it can now. A channel: connected (with TLS: and verified). nullptr: not yet, see AddTo. Errors:
  // kUnavailable when the time is over, kFailed and kUsage when trying again is of no use (a certificate that is not
  // accepted, a host that none can be for).
  Result<std::unique_ptr<Channel>> Step();

  // From now on a round through all addresses without success is kUnavailable at once.
  void TryOnce() { once_ = true; }

  // What to wait for before the next Step.
  void AddTo(PollSet* set) const;

  // The connection was lost: the next Step begins anew.
  void Restart();

  const std::string& name() const { return endpoint_.text; }

 private:
  enum class State { kStart, kNextAddress, kConnecting, kHandshaking, kBackoff };

  Connector(const Endpoint& endpoint, const ConnectionOptions& options, const Clock& clock);
  void Start();
  void ConnectToNext();
  void CheckConnected();
  void CheckHandshake();
  void AddressFailed(const std::string& why);
  void BackOff(const std::string& why);
  Status TimedOut() const;
  Micros Deadline() const;

  const Endpoint endpoint_;
  const Clock& clock_;
  const Micros timeout_;
  std::shared_ptr<const TlsContext> tls_;
  State state_ = State::kStart;
  std::vector<SocketAddress> addresses_;
  std::size_t next_address_ = 0;
  UniqueFd socket_;                   // while connecting
  std::unique_ptr<Channel> channel_;  // while shaking hands
  bool established_ = false;          // channel_ is ready to be handed out
  bool ever_connected_ = false;
  bool once_ = false;
  Micros started_;
  Micros attempt_started_ = 0;
  Micros backoff_;
  Micros next_try_ = 0;
  std::string last_error_;
  Status fatal_;
};

// Waits for one round through all addresses. Errors: those of Create and Step, and of waiting.
Result<std::unique_ptr<Channel>> ConnectOnce(const Endpoint& endpoint, const ConnectionOptions& options,
                                             const Clock& clock);

}  // namespace socklog

#endif  // SOCKLOG_TRANSPORT_CONNECTOR_H_
