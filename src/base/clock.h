// The clock of the machine.
#ifndef SOCKLOG_BASE_CLOCK_H_
#define SOCKLOG_BASE_CLOCK_H_

#include "socklog/time.h"

namespace socklog {

class SystemClock : public Clock {
 public:
  Micros Now() const override;
  Micros Monotonic() const override;
};

}  // namespace socklog

#endif  // SOCKLOG_BASE_CLOCK_H_
