// File descriptors that close themselves, and what errno means in words.
#ifndef SOCKLOG_TRANSPORT_FD_H_
#define SOCKLOG_TRANSPORT_FD_H_

#include <string>
#include <utility>

namespace socklog {

// Owns a file descriptor. Thread-compatible.
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept;
  ~UniqueFd() { Reset(); }

  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }
  void Reset();

 private:
  int fd_ = -1;
};

// A copy of a descriptor that was open when the program started; not valid if it was closed.
UniqueFd DuplicateFd(int number);

// Makes an eventfd unreadable until the next event. REQUIRES: EFD_NONBLOCK
void DrainEvent(const UniqueFd& event);

// "No such file or directory". Thread-safe, unlike strerror.
std::string ErrnoText(int error);

}  // namespace socklog

#endif  // SOCKLOG_TRANSPORT_FD_H_
