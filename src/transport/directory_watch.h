// Hears of changes in directories, so that a followed file needs no frequent polling.
#ifndef SOCKLOG_TRANSPORT_DIRECTORY_WATCH_H_
#define SOCKLOG_TRANSPORT_DIRECTORY_WATCH_H_

#include <string>

#include "socklog/time.h"
#include "transport/fd.h"
#include "transport/poll_set.h"

namespace socklog {

// Only a hint: not every file system tells, so the caller looks for itself every poll_interval() besides.
// Thread-compatible.
class DirectoryWatch {
 public:
  DirectoryWatch();

  void Add(const std::string& directory);
  void AddTo(PollSet* set) const;
  // Forgets what was heard so far; true if there was anything.
  bool Drain();
  Micros poll_interval() const { return complete_ ? kSecond : 250 * kMillisecond; }

 private:
  UniqueFd fd_;
  bool complete_;  // every directory could be watched
};

}  // namespace socklog

#endif  // SOCKLOG_TRANSPORT_DIRECTORY_WATCH_H_
