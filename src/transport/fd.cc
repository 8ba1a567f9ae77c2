#include "transport/fd.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdint>
#include <system_error>

namespace socklog {

UniqueFd& UniqueFd::operator=(UniqueFd&& other) noexcept {
  if (this != &other) {
    Reset();
    fd_ = std::exchange(other.fd_, -1);
  }
  return *this;
}

void UniqueFd::Reset() {
  if (fd_ >= 0) close(fd_);  // not tried again on EINTR: Linux has closed it already
  fd_ = -1;
}

UniqueFd DuplicateFd(int number) {
  const int flags = fcntl(number, F_GETFL);
  if (flags == -1 || (flags & O_PATH) != 0) return UniqueFd();  // O_PATH: holds the number of a closed one
  return UniqueFd(fcntl(number, F_DUPFD_CLOEXEC, 3));
}

void DrainEvent(const UniqueFd& event) {
  std::uint64_t events = 0;
  [[maybe_unused]] const ssize_t drained = read(event.get(), &events, sizeof(events));
}

std::string ErrnoText(int error) { return std::generic_category().message(error); }

}  // namespace socklog
