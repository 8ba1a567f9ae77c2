// A clock that stands still until a test turns it.
#ifndef SOCKLOG_TESTS_SUPPORT_MANUAL_CLOCK_H_
#define SOCKLOG_TESTS_SUPPORT_MANUAL_CLOCK_H_

#include <atomic>

#include "socklog/time.h"

namespace socklog::testing {

// The wall and the monotonic clock go together. Thread-safe.
class ManualClock : public Clock {
 public:
  Micros Now() const override { return now_; }
  Micros Monotonic() const override { return now_; }
  void Turn(Micros length) { now_ += length; }

 private:
  std::atomic<Micros> now_{1'000'000 * kSecond};
};

}  // namespace socklog::testing

#endif  // SOCKLOG_TESTS_SUPPORT_MANUAL_CLOCK_H_
