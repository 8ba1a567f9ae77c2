// Time stamps that are read by comparing them with the one before.
#ifndef SOCKLOG_FORMAT_SCAN_STAMP_H_
#define SOCKLOG_FORMAT_SCAN_STAMP_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "socklog/time.h"

namespace socklog {

// All bytes but the digits of minutes and seconds are those of the stamp before.
struct StampShape {
  std::uint8_t size = 0;          // bytes; 0: there is none
  std::uint8_t minutes = 0;       // offset of the two digits of minutes; three bytes on are those of seconds
  const char* example = nullptr;  // 1970-01-01 00:00:00 UTC
};

inline constexpr StampShape kClfStamp = {26, 15, "01/Jan/1970:00:00:00 +0000"};
inline constexpr StampShape kIsoStamp = {25, 14, "1970-01-01T00:00:00+00:00"};
// Without their zones.
inline constexpr StampShape kClfTime = {20, 15, "01/Jan/1970:00:00:00"};
inline constexpr StampShape kIsoTime = {19, 14, "1970-01-01T00:00:00"};

// Whether the stamp has the shape. If the shape has a zone, the next one then differs in minutes and seconds only.
bool HasStampShape(const StampShape& shape, std::string_view stamp);

// The last time stamp that was read.
struct StampCache {
  char low[32] = {};              // its bytes, but zeros for minutes and seconds
  unsigned char beyond[32] = {};  // by how much those of the next one may be larger
  Micros hour = 0;                // it, without its minutes and seconds
};

// Of a stamp that no line need have had.
StampCache MakeStampCache(const StampShape& shape);

// False, and nothing is remembered, if some of the stamps that are like this one are no times of a log.
// REQUIRES: HasStampShape(shape, stamp), which is `time`
bool RememberStamp(const StampShape& shape, std::string_view stamp, Micros time, StampCache* cache);

// What follows the shape of a stamp that may have a fraction of a second: the zone of the one before.
struct StampZone {
  static constexpr std::size_t kMaxSize = 8;

  char text[64] = {};      // 64 bytes may be read at once
  std::uint64_t bits = 0;  // of its bytes
  std::uint8_t size = 0;   // 0: none is known
};

// RememberStamp for a stamp of the shape, perhaps a fraction, and a zone; forgets the last one if this is another.
void RememberZonedStamp(const StampShape& shape, std::string_view stamp, Micros time, StampCache* cache,
                        StampZone* zone);

}  // namespace socklog

#endif  // SOCKLOG_FORMAT_SCAN_STAMP_H_
