// The time stamps of successive lines, which differ in little.
#ifndef SOCKLOG_FORMAT_JSON_STAMP_H_
#define SOCKLOG_FORMAT_JSON_STAMP_H_

#include <string_view>

#include "format/timestamp.h"
#include "socklog/time.h"

namespace socklog {

// Remembers the minute of the last time stamp of the form 2015-05-17T10:05:03.25+02:00 with a zone. Thread-compatible.
class StampCache {
 public:
  // False if `text` is not of the minute and the zone that was remembered, or not of the form.
  bool Read(std::string_view text, Micros* time) const;
  // `time`: what TimeReader read of `text`, in whatever form.
  void Remember(std::string_view text, Micros time);

 private:
  static constexpr std::size_t kMinuteSize = std::string_view("2015-05-17T10:05:").size();
  static constexpr std::size_t kMaxZoneSize = std::string_view("+02:00").size();

  char minute_text_[kMinuteSize] = {};
  char zone_text_[kMaxZoneSize] = {};
  std::size_t zone_size_ = 0;  // 0: nothing is remembered
  Micros minute_ = 0;
};

}  // namespace socklog

#endif  // SOCKLOG_FORMAT_JSON_STAMP_H_
