#include "report/progress_line.h"

#include <algorithm>
#include <cstdio>

#include "base/text.h"

namespace socklog {

void ProgressLine::Update(std::uint64_t done, Micros time, std::uint64_t total) {
  constexpr Micros kInterval = 200 * kMillisecond;
  if (!enabled_) return;
  const Micros now = clock_.Monotonic();
  if (now - shown_at_ < kInterval) return;
  shown_at_ = now;
  const double seconds = static_cast<double>(now - started_) / static_cast<double>(kSecond);
  std::string line =
      total == kUnlimited ? FormatCount(done, "line") : FormatThousands(done) + " of " + FormatCount(total, "line");
  if (time != kNoTime) line += ", up to " + FormatTimeForPeople(time) + " UTC";
  if (seconds > 0.5)
    line += ", " + FormatThousands(static_cast<std::uint64_t>(static_cast<double>(done) / seconds)) + " lines/s";
  if (total != kUnlimited && done > 0) {
    constexpr double kLongest = 1e9;
    const double left = seconds * (static_cast<double>(total) / static_cast<double>(done) - 1);
    line += ", " + FormatDuration(static_cast<Micros>(std::min(left, kLongest)) * kSecond) + " left";
  }
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
