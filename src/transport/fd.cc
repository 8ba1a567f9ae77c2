#include "transport/fd.h"

#include <fcntl.h>
#include <unistd.h>

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

std::string ErrnoText(int error) { return std::generic_category().message(error); }

}  // namespace socklog
