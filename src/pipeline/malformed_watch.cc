#include "pipeline/malformed_watch.h"

#include "base/text.h"

namespace socklog {

std::string MalformedWatch::Look(std::uint64_t lines, std::uint64_t malformed) {
  constexpr std::uint64_t kFewestLines = 100;
  const Micros now = clock_.Monotonic();
  const std::uint64_t new_lines = lines - lines_;
  if (now - looked_at_ < kMinute || new_lines < kFewestLines) return {};
  const std::uint64_t new_malformed = malformed - malformed_;
  looked_at_ = now;
  lines_ = lines;
  malformed_ = malformed;
  const bool most = new_malformed * 2 > new_lines;
  if (most == told_) return {};
  told_ = most;
  const std::string counts = FormatThousands(new_malformed) + " of the last " + FormatThousands(new_lines) + " lines " +
                             (new_malformed == 1 ? "is" : "are") + " malformed";
  return most ? counts + ": is --log-format that of this log? (--invalid-requests FILE keeps them)"
              : counts + ": most are well-formed again";
}

}  // namespace socklog
