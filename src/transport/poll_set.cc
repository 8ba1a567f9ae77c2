#include "transport/poll_set.h"

#include <algorithm>
#include <cerrno>

#include "transport/fd.h"

namespace socklog {

void PollSet::DueIn(Micros wait) {
  wait = std::max<Micros>(wait, 0);
  due_ = due_ < 0 ? wait : std::min(due_, wait);
}

Status PollSet::Poll(Micros limit) {
  Micros wait = limit;
  const bool due_first = due_ >= 0 && (wait < 0 || due_ < wait);
  if (due_first) wait = due_;
  timespec time = {wait / kSecond, (wait % kSecond) * 1000};
  const int fired = ppoll(fds_.data(), fds_.size(), wait < 0 ? nullptr : &time, nullptr);
  timed_out_ = fired == 0 && !due_first;
  if (fired >= 0) return Status();
  const int error = errno;
  for (pollfd& entry : fds_) entry.revents = 0;
  return error == EINTR ? Status() : Status::Failed("poll: " + ErrnoText(error));
}

bool PollSet::Fired(int fd) const {
  return std::any_of(fds_.begin(), fds_.end(),
                     [fd](const pollfd& entry) { return entry.fd == fd && entry.revents != 0; });
}

bool ReadyNow(int fd, short events) {
  pollfd entry = {fd, events, 0};
  return poll(&entry, 1, 0) > 0;
}

}  // namespace socklog
