// The spellings of time stamps that logs use.
#ifndef SOCKLOG_FORMAT_TIMESTAMP_H_
#define SOCKLOG_FORMAT_TIMESTAMP_H_

#include <memory>
#include <string>
#include <string_view>

#include "format/civil_parts.h"
#include "format/time_pattern.h"
#include "format/time_zone.h"
#include "socklog/time.h"

namespace socklog {

enum class TimeForm {
  kAny,  // whichever of kClf, kIso, kEpoch (in seconds, ms, us or ns, by its size) it is
  kClf,  // 17/May/2015:10:05:03 +0000, with or without brackets, fraction and zone
  kIso,  // RFC 3339 and ISO 8601: 2015-05-17T10:05:03.123+02:00, a blank for T, a comma for the point, with or without
         // zone
  kEpoch,     // a number of units since 1970
  kPattern,   // a strftime format, perhaps one of several pieces
  kFraction,  // the digits after the decimal point of another time stamp
  kZone,      // +0200, if it is a zone
};

struct TimeSpelling {
  TimeForm form = TimeForm::kAny;
  int exponent = 6;  // kEpoch: of ten, from its unit to microseconds (6: seconds); kFraction: number of digits
  int decimals = 0;  // when written: digits after the point; kIso: 0 or as many as are not 0
  std::shared_ptr<const TimePattern> pattern;  // kPattern
};

// Reads time stamps of one partition; remembers the last date, since the next line nearly always has the same.
// Thread-compatible.
class TimeReader {
 public:
  // `zone` of time stamps without one.
  explicit TimeReader(std::shared_ptr<const TimeZone> zone) : zone_(std::move(zone)) {}

  // A complete time stamp. False if it is not of this form, or there is no such time (31 February).
  bool Read(const TimeSpelling& spelling, std::string_view text, Micros* time);
  // A piece of one; see CivilParts::ToTime.
  bool ReadPart(const TimeSpelling& spelling, std::string_view text, CivilParts* parts);

  const TimeZone& zone() const { return *zone_; }

 private:
  bool ReadClf(std::string_view text, Micros* time);
  bool ReadClfDate(const char* text, std::int64_t* days);
  bool ReadTimeOfDay(const char* text, std::string_view tail, std::int64_t days, Micros* time);
  bool ReadIsoTime(std::string_view text, Micros* time);
  bool ReadIsoDate(const char* text, std::int64_t* days);
  bool ReadIso(std::string_view text, CivilParts* parts);
  bool ReadTail(std::string_view tail, CivilParts* parts);

  std::shared_ptr<const TimeZone> zone_;
  // The last dates, at first the epoch's: never bytes that are no date, or a line could hold just those.
  char clf_date_[12] = "01/Jan/1970";
  std::int64_t clf_days_ = 0;
  char iso_date_[11] = "1970-01-01";
  std::int64_t iso_days_ = 0;
};

// What is wrong with a time stamp that Read refused; static storage.
const char* TimeReason(TimeForm form);

// Appends `time` in UTC. kAny is written as kIso.
void AppendTime(const TimeSpelling& spelling, Micros time, std::string* out);

}  // namespace socklog

#endif  // SOCKLOG_FORMAT_TIMESTAMP_H_
