#include "transport/fd.h"

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

std::string ErrnoText(int error) { return std::generic_category().message(error); }

}  // namespace socklog
