// Zones for time stamps that carry none. Reads the system's time zone files itself: the process's TZ is left alone, and
// both supported compilers give the same answer.
#ifndef SOCKLOG_FORMAT_TIME_ZONE_H_
#define SOCKLOG_FORMAT_TIME_ZONE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "format/posix_zone.h"
#include "socklog/status.h"

namespace socklog {

// Immutable, thread-safe.
class TimeZone {
 public:
  // "UTC", "Z", "+02:00", "-0330", "local", or a name of the tz database ("Europe/Paris"). Error (kUsage): no such
  // zone.
  static Result<std::shared_ptr<const TimeZone>> Make(std::string_view name);
  static std::shared_ptr<const TimeZone> Utc();

  // Seconds since the epoch of a local time (given as if it were UTC). Of a time that occurs twice, the first; one that
  // is skipped is read with the offset before the gap.
  std::int64_t ToUtc(std::int64_t local) const;
  // Seconds east of UTC at a time.
  std::int64_t OffsetAt(std::int64_t utc) const;

 private:
  TimeZone() = default;
  bool Load(std::string_view file);  // the bytes of a TZif file (RFC 8536)

  std::vector<std::int64_t> transitions_;  // UTC seconds, ascending
  std::vector<std::int32_t> offsets_;      // offsets_[i] holds from transitions_[i] on
  std::int32_t first_offset_ = 0;          // before all transitions
  PosixZone rule_;                         // after all transitions
  bool has_rule_ = false;
};

}  // namespace socklog

#endif  // SOCKLOG_FORMAT_TIME_ZONE_H_
