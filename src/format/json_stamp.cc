#include "format/json_stamp.h"

#include <algorithm>
#include <cstring>

namespace socklog {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// "03.25+02:00": the time since the minute's start and where it ends; 0 if it is none. A leap second is none.
std::size_t ReadSecond(std::string_view text, Micros* time) {
  if (text.size() < 2 || text[0] < '0' || text[0] > '5' || !IsDigit(text[1])) return 0;
  *time = ((text[0] - '0') * 10 + (text[1] - '0')) * kSecond;
  if (text.size() == 2 || text[2] != '.') return 2;
  std::size_t end = 3;
  Micros unit = kSecond / 10;
  for (; end < text.size() && IsDigit(text[end]); ++end, unit /= 10) *time += (text[end] - '0') * unit;
  return end > 3 ? end : 0;
}

}  // namespace

bool StampCache::Read(std::string_view text, Micros* time) const {
  if (zone_size_ == 0 || text.size() < kMinuteSize) return false;
  if (std::memcmp(text.data(), minute_text_, kMinuteSize) != 0) return false;
  Micros second = 0;
  const std::size_t end = ReadSecond(text.substr(kMinuteSize), &second);
  if (end == 0 || text.substr(kMinuteSize + end) != std::string_view(zone_text_, zone_size_)) return false;
  *time = minute_ + second;
  return true;
}

void StampCache::Remember(std::string_view text, Micros time) {
  zone_size_ = 0;
  Micros second = 0;
  if (text.size() < kMinuteSize || text[4] != '-' || text[10] != 'T') return;
  const std::size_t end = ReadSecond(text.substr(kMinuteSize), &second);
  const std::string_view zone = text.substr(std::min(text.size(), kMinuteSize + end));
  const bool plain = end != 0 && (zone == "Z" || (zone.size() == kMaxZoneSize && (zone[0] == '+' || zone[0] == '-')));
  if (!plain) return;
  // All of its seconds must be times that a line may have.
  minute_ = time - second;
  if (!IsLogTime(minute_) || !IsLogTime(minute_ + kMinute)) return;
  std::memcpy(minute_text_, text.data(), kMinuteSize);
  std::memcpy(zone_text_, zone.data(), zone.size());
  zone_size_ = zone.size();
}

}  // namespace socklog
