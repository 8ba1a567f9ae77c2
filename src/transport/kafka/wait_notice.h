// Telling the user of a wait for a broker.
#ifndef SOCKLOG_TRANSPORT_KAFKA_WAIT_NOTICE_H_
#define SOCKLOG_TRANSPORT_KAFKA_WAIT_NOTICE_H_

#include <string>

#include "base/log.h"
#include "socklog/time.h"

namespace socklog {

// Of a wait that may become long: a warning, once, when it has lasted for 5 s; a note when it is over then.
// Thread-compatible.
class WaitNotice {
 public:
  explicit WaitNotice(Micros now) : begin_(now) {}
  // There is a wait from now on, which may be the same one still.
  void Begin(Micros now) { begin_ = now; }
  bool IsDue(Micros now) const { return !told_ && now - begin_ >= kPatience; }
  void Tell(const std::string& warning) {
    told_ = true;
    LogWarning(warning);
  }
  void End(const std::string& note) {
    if (told_) LogNote(note);
    told_ = false;
  }

 private:
  static constexpr Micros kPatience = 5 * kSecond;

  Micros begin_;
  bool told_ = false;
};

}  // namespace socklog

#endif  // SOCKLOG_TRANSPORT_KAFKA_WAIT_NOTICE_H_
