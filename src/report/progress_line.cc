#include "report/progress_line.h"

#include <cstdio>

#include "base/text.h"

namespace socklog {

void ProgressLine::Update(std::uint64_t done, Micros time) {
  constexpr Micros kInterval = 200 * kMillisecond;
  if (!enabled_) return;
  const Micros now = clock_.Monotonic();
  if (now - shown_at_ < kInterval) return;
  shown_at_ = now;
  const double seconds = static_cast<double>(now - started_) / static_cast<double>(kSecond);
  std::string line = FormatThousands(done) + " lines";
  if (time != kNoTime) line += ", up to " + FormatTimeForPeople(time) + " UTC";
  if (seconds > 0.5) line += ", " + FormatThousands(static_cast<std::uint64_t>(static_cast<double>(done) / seconds)) + " lines/s";
  std::fprintf(stderr, "\r\x1b[K%s", line.c_str());
  std::fflush(stderr);
  visible_ = true;
}

void ProgressLine::Clear() {
  if (!visible_) return;
  std::fputs("\r\x1b[K", stderr);
  std::fflush(stderr);
  visible_ = false;
}

}  // namespace socklog
