#include "transport/channel.h"

#include <fcntl.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <string>

namespace socklog {
namespace {

// A blocking pipe that is ready for writing takes this much without blocking (PIPE_BUF of Linux).
constexpr std::size_t kSafeWrite = 4096;

// Of a pipe that is written to: fewer changes between the two processes.
constexpr int kPipeBytes = 1 << 20;

// How often to look whether bytes have arrived, in milliseconds.
constexpr int kAnswerPoll = 2;

bool IsUnix(int fd) {
  int domain = AF_UNSPEC;
  socklen_t size = sizeof(domain);
  return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 && domain == AF_UNIX;
}

class SocketChannel : public Channel {
 public:
  using Channel::Channel;

  IoResult Read(char* buffer, std::size_t size) override {
    const ssize_t got = recv(fd(), buffer, size, MSG_DONTWAIT);
    if (got > 0) return {IoState::kDone, static_cast<std::size_t>(got), {}};
    if (got == 0) return {IoState::kEnd, 0, {}};
    if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return {IoState::kWouldBlock, 0, {}};
    return {IoState::kCut, 0, Status(StatusCode::kUnavailable, ErrnoText(errno))};
  }

  IoResult Write(std::string_view bytes) override {
    const ssize_t sent = send(fd(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent >= 0) return {IoState::kDone, static_cast<std::size_t>(sent), {}};
    if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return {IoState::kWouldBlock, 0, {}};
    if (IsPeerGone(errno)) return {IoState::kEnd, 0, {}};
    return {IoState::kError, 0, Status::Failed(ErrnoText(errno))};
  }

  void CloseWriting() override { LingeringClose(fd(), 0); }
};

class FdChannel : public Channel {
 public:
  FdChannel(UniqueFd descriptor, bool non_blocking) : Channel(std::move(descriptor)), non_blocking_(non_blocking) {}

  IoResult Read(char* buffer, std::size_t size) override {
    if (!ReadyNow(fd(), POLLIN)) return {IoState::kWouldBlock, 0, {}};
    const ssize_t got = read(fd(), buffer, size);
    if (got > 0) return {IoState::kDone, static_cast<std::size_t>(got), {}};
    if (got == 0) return {IoState::kEnd, 0, {}};
    if (errno == EAGAIN || errno == EINTR) return {IoState::kWouldBlock, 0, {}};
    return {IoState::kError, 0, Status::Failed("cannot read: " + ErrnoText(errno))};
  }

  IoResult Write(std::string_view bytes) override {
    if (!non_blocking_) {
      if (!ReadyNow(fd(), POLLOUT)) return {IoState::kWouldBlock, 0, {}};
      bytes = bytes.substr(0, kSafeWrite);
    }
    const ssize_t written = write(fd(), bytes.data(), bytes.size());
    if (written >= 0) return {IoState::kDone, static_cast<std::size_t>(written), {}};
    if (errno == EAGAIN || errno == EINTR) return {IoState::kWouldBlock, 0, {}};
    if (IsPeerGone(errno)) return {IoState::kEnd, 0, {}};
    return {IoState::kError, 0, Status::Failed("cannot write: " + ErrnoText(errno))};
  }

 private:
  bool non_blocking_;  // a write of any size returns at once (or at the speed of a disk)
};

}  // namespace

std::unique_ptr<Channel> NewSocketChannel(UniqueFd fd) { return std::make_unique<SocketChannel>(std::move(fd)); }

std::unique_ptr<Channel> NewFdChannel(UniqueFd fd) {
  struct stat info;
  const bool known = fstat(fd.get(), &info) == 0;
  const int flags = fcntl(fd.get(), F_GETFL);
  bool non_blocking = (known && S_ISREG(info.st_mode)) || (flags >= 0 && (flags & O_NONBLOCK) != 0);
  if (known && S_ISFIFO(info.st_mode) && !non_blocking && (flags & O_ACCMODE) == O_WRONLY) {
    // A second opening of the same pipe has its own mode; without /proc the small writes of a blocking pipe must do.
    UniqueFd again(open(("/proc/self/fd/" + std::to_string(fd.get())).c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC));
    if (again.valid()) {
      fd = std::move(again);
      non_blocking = true;
    }
  }
  if (known && S_ISFIFO(info.st_mode) && (flags & O_ACCMODE) == O_WRONLY)
    fcntl(fd.get(), F_SETPIPE_SZ, kPipeBytes);  // fails where a user's pipes have a limit: it stays as it is
  return std::make_unique<FdChannel>(std::move(fd), non_blocking);
}

void LingeringClose(int fd, Micros patience) {
  shutdown(fd, SHUT_WR);
  const auto end = std::chrono::steady_clock::now() + std::chrono::microseconds(patience);
  char discarded[4096];
  for (;;) {
    const ssize_t got = recv(fd, discarded, sizeof(discarded), MSG_DONTWAIT);
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) return;
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now()).count();
    if (got < 0 && left <= 0) return;
    if (got < 0) {
      pollfd entry = {fd, POLLIN, 0};
      poll(&entry, 1, static_cast<int>(left));
    }
  }
}

bool IsPeerThere(int fd, Micros patience) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::microseconds(patience);
  for (;;) {
    int unanswered = 0;
    const bool known = !IsUnix(fd) && ioctl(fd, SIOCOUTQ, &unanswered) == 0;
    pollfd entry = {fd, POLLRDHUP, 0};
    poll(&entry, 1, 0);
    if ((entry.revents & (POLLERR | POLLHUP)) != 0) return false;
    const bool open = (entry.revents & POLLRDHUP) == 0;
    if (open || !known || unanswered == 0 || std::chrono::steady_clock::now() >= end) return true;
    entry.events = 0;  // an answer is no event, a refusal is
    poll(&entry, 1, kAnswerPoll);
  }
}

bool IsPeerGone(int error) {
  return error == EPIPE || error == ECONNRESET || error == ECONNABORTED || error == ENOTCONN;
}

}  // namespace socklog
