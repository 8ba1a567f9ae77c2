// Notices while a run goes on that its lines are not what they should be.
#ifndef SOCKLOG_PIPELINE_MALFORMED_WATCH_H_
#define SOCKLOG_PIPELINE_MALFORMED_WATCH_H_

#include <cstdint>
#include <string>

#include "socklog/time.h"

namespace socklog {

// Whoever watches a followed log should not learn at its end only that not a line was understood. Thread-compatible.
class MalformedWatch {
 public:
  // Borrowed.
  explicit MalformedWatch(const Clock& clock) : clock_(clock), looked_at_(clock.Monotonic()) {}

  // Call it now and then, with the counts so far. Once a minute, and after 100 lines at the least, it says whether most
  // of the lines since are malformed, or are so no longer. Else empty.
  std::string Look(std::uint64_t lines, std::uint64_t malformed);

 private:
  const Clock& clock_;
  Micros looked_at_;
  std::uint64_t lines_ = 0;
  std::uint64_t malformed_ = 0;
  bool told_ = false;
};

}  // namespace socklog

#endif  // SOCKLOG_PIPELINE_MALFORMED_WATCH_H_
