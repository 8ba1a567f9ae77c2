#include "format/scan/stamp.h"

#include <algorithm>
#include <cstddef>
#include <cstring>

namespace socklog {

bool HasStampShape(const StampShape& shape, std::string_view stamp) {
  if (stamp.size() != shape.size) return false;
  for (std::size_t i = shape.minutes; i < stamp.size(); ++i) {
    const char like = shape.example[i];
    const bool fits = like == '0'   ? stamp[i] >= '0' && stamp[i] <= '9'
                      : like == '+' ? stamp[i] == '+' || stamp[i] == '-'
                                    : stamp[i] == like;
    if (!fits) return false;
  }
  return true;
}

StampCache MakeStampCache(const StampShape& shape) {
  StampCache cache;
  if (shape.size == 0) return cache;
  std::memcpy(cache.low, shape.example, shape.size);
  std::memset(cache.beyond + shape.size, 0xFF, sizeof(cache.beyond) - shape.size);
  cache.beyond[shape.minutes] = cache.beyond[shape.minutes + 3] = 5;
  cache.beyond[shape.minutes + 1] = cache.beyond[shape.minutes + 4] = 9;
  return cache;
}

bool RememberStamp(const StampShape& shape, std::string_view stamp, Micros time, StampCache* cache) {
  const char* digits = stamp.data() + shape.minutes;
  const auto number = [](const char* p) { return 10 * (p[0] - '0') + (p[1] - '0'); };
  const Micros hour = time - number(digits) * kMinute - number(digits + 3) * kSecond;
  if (!IsLogTime(hour) || !IsLogTime(hour + kHour)) return false;
  std::memcpy(cache->low, stamp.data(), stamp.size());
  for (const int i : {0, 1, 3, 4}) cache->low[shape.minutes + i] = '0';
  cache->hour = hour;
  return true;
}

void RememberZonedStamp(const StampShape& shape, std::string_view stamp, Micros time, StampCache* cache,
                        StampZone* zone) {
  zone->size = 0;
  const std::string_view whole = stamp.substr(0, shape.size);
  if (!HasStampShape(shape, whole)) return;
  std::string_view rest = stamp.substr(shape.size);
  if (rest.substr(0, 1) == ".") rest.remove_prefix(std::min(rest.size(), rest.find_first_not_of("0123456789", 1)));
  // A comma begins a fraction, too, but a rare one.
  if (rest.empty() || rest[0] == ',' || rest.size() > StampZone::kMaxSize) return;
  const Micros fraction = (time % kSecond + kSecond) % kSecond;
  if (!RememberStamp(shape, whole, time - fraction, cache)) return;
  std::memcpy(zone->text, rest.data(), rest.size());
  zone->size = static_cast<std::uint8_t>(rest.size());
  zone->bits = ~std::uint64_t{0} >> (64 - rest.size());
}

}  // namespace socklog
