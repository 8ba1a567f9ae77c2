#include "transport/directory_watch.h"

#include <sys/inotify.h>
#include <unistd.h>

namespace socklog {

DirectoryWatch::DirectoryWatch() : fd_(inotify_init1(IN_NONBLOCK | IN_CLOEXEC)), complete_(fd_.valid()) {}

void DirectoryWatch::Add(const std::string& directory) {
  constexpr std::uint32_t kChanges = IN_CREATE | IN_MODIFY | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE;
  if (fd_.valid() && inotify_add_watch(fd_.get(), directory.c_str(), kChanges | IN_ONLYDIR) < 0) complete_ = false;
}

void DirectoryWatch::AddTo(PollSet* set) const {
  if (fd_.valid()) set->Add(fd_.get(), POLLIN);
}

bool DirectoryWatch::Drain() {
  char events[4096];
  bool any = false;
  while (fd_.valid() && read(fd_.get(), events, sizeof(events)) > 0) any = true;
  return any;
}

}  // namespace socklog
