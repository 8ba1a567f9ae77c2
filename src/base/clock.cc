#include "base/clock.h"

#include <chrono>

namespace socklog {
namespace {

template <typename ClockType>
Micros SinceEpoch() {
  return std::chrono::duration_cast<std::chrono::microseconds>(ClockType::now().time_since_epoch()).count();
}

}  // namespace

Micros SystemClock::Now() const { return SinceEpoch<std::chrono::system_clock>(); }

Micros SystemClock::Monotonic() const { return SinceEpoch<std::chrono::steady_clock>(); }

}  // namespace socklog
