// Listens at an endpoint and hands out its clients.
#ifndef SOCKLOG_TRANSPORT_LISTENER_H_
#define SOCKLOG_TRANSPORT_LISTENER_H_

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "socklog/options.h"
#include "transport/channel.h"
#include "transport/tls.h"
#include "transport/transport.h"

namespace socklog {

struct Client {
  std::unique_ptr<Channel> channel;
  std::string name;  // "tcp client 127.0.0.1:40312", "unix client 1"
};

// tcp-listen://, tls-listen:// or unix-listen:. With TLS a client appears when its handshake is done; one that fails is
// a warning, one that takes too long is dropped. A Unix socket has mode 0600 and is removed at the end.
// Thread-compatible.
class Listener {
 public:
  // Errors (kUsage): port or path in use, no such address, no permission, TLS files.
  static Result<std::unique_ptr<Listener>> Open(const Endpoint& endpoint, const ConnectionOptions& options,
                                                const Clock& clock);
  ~Listener();

  // Clients that are ready now. `active`: how many that were handed out are still there; no more than max_clients are
  // at the same time, others wait in the system's queue.
  std::vector<Client> Accept(std::size_t active);

  // Whether clients wait until one of the `active` ones has gone.
  bool HasQueue(std::size_t active) const;

  // What to wait for before the next Accept.
  void AddTo(PollSet* set, std::size_t active) const;

  // No more clients.
  void Close();
  bool open() const { return !sockets_.empty(); }

  const std::string& name() const { return endpoint_.text; }
  // Port that was bound (of interest when 0 was asked for); 0 for a Unix socket.
  std::uint16_t port() const;

 private:
  struct Pending {
    std::unique_ptr<Channel> channel;
    std::string name;
    Micros since;
  };

  Listener(const Endpoint& endpoint, const ConnectionOptions& options, const Clock& clock)
      : endpoint_(endpoint), options_(options), clock_(clock) {}
  Status BindAddresses();
  Status BindUnix();
  bool IsFull(std::size_t active) const;
  bool HasRoom(std::size_t active) const;
  bool AcceptOne(int socket);
  std::vector<Client> FinishHandshakes();

  const Endpoint endpoint_;
  const ConnectionOptions options_;
  const Clock& clock_;
  std::shared_ptr<const TlsContext> tls_;
  std::vector<UniqueFd> sockets_;
  std::vector<Pending> pending_;
  std::uint64_t accepted_ = 0;
  Micros paused_until_ = 0;  // no descriptors left: asking again at once would not help
  bool owns_path_ = false;
  dev_t path_device_ = 0;
  ino_t path_inode_ = 0;
};

}  // namespace socklog

#endif  // SOCKLOG_TRANSPORT_LISTENER_H_
