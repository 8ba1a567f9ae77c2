// A stream of bytes that never blocks: a socket, a pipe, a terminal, TLS over a socket (tls.h).
#ifndef SOCKLOG_TRANSPORT_CHANNEL_H_
#define SOCKLOG_TRANSPORT_CHANNEL_H_

#include <cstddef>
#include <memory>
#include <string_view>

#include "socklog/status.h"
#include "socklog/time.h"
#include "transport/fd.h"
#include "transport/poll_set.h"

namespace socklog {

enum class IoState {
  kDone,        // some bytes went through
  kWouldBlock,  // nothing now; wait for Channel::events()
  kEnd,         // reading: the peer ended its stream; writing: the peer has gone
  kCut,         // reading: the stream broke off; `error` says how, and that lines may be missing
  kError,       // `error` says why; trying again is of no use
};

struct IoResult {
  IoState state = IoState::kDone;
  std::size_t bytes = 0;
  Status error;
};

// Thread-compatible.
class Channel {
 public:
  explicit Channel(UniqueFd fd) : fd_(std::move(fd)) {}
  virtual ~Channel() = default;

  // At most `size` bytes. REQUIRES: size > 0
  virtual IoResult Read(char* buffer, std::size_t size) = 0;
  // As many of `bytes` as fit. REQUIRES: !bytes.empty()
  virtual IoResult Write(std::string_view bytes) = 0;
  // What has to happen before the first byte: kDone, kWouldBlock or kError (trying again is of no use) or kCut (it may
  // help).
  virtual IoResult Handshake() { return {}; }
  // Says to the peer that no more will come, and lets what was written arrive; blocks for a second at the most.
  virtual void CloseWriting() {}

  int fd() const { return fd_.get(); }
  // What to poll for after kWouldBlock of Read (or Handshake), and of Write.
  virtual short read_events() const { return POLLIN; }
  virtual short write_events() const { return POLLOUT; }

 private:
  UniqueFd fd_;
};

// A connected socket.
std::unique_ptr<Channel> NewSocketChannel(UniqueFd fd);

// A pipe, FIFO, terminal, device or regular file that others may share, so it is not switched to non-blocking mode.
std::unique_ptr<Channel> NewFdChannel(UniqueFd fd);

// Ends a socket's writing side without losing what was sent: unread input would make close() reset the connection.
// Waits up to `patience` for the peer to close as well.
void LingeringClose(int fd, Micros patience);

// False once it is known that the peer of a socket has gone. Where the peer has ended its own stream, and may or may
// not read on, the answer to what was sent tells; it is waited for up to `patience`.
bool IsPeerThere(int fd, Micros patience);

// The errors by which a socket says that the peer has gone.
bool IsPeerGone(int error);

}  // namespace socklog

#endif  // SOCKLOG_TRANSPORT_CHANNEL_H_
