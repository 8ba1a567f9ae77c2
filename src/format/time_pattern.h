// strftime formats, as in Apache's %{...}t: read, written, and turned into a regular expression.
#ifndef SOCKLOG_FORMAT_TIME_PATTERN_H_
#define SOCKLOG_FORMAT_TIME_PATTERN_H_

#include <string>
#include <string_view>
#include <vector>

#include "format/civil_parts.h"
#include "socklog/status.h"

namespace socklog {

// Knows %Y %y %m %d %e %j %b %h %B %a %A %H %k %I %l %M %S %p %z %Z %s %T %R %D %F %c %n %t %% and, from GoAccess, %f
// (epoch in microseconds) and %* (in milliseconds). Names are English. Immutable, thread-safe.
class TimePattern {
 public:
  // Error (kUsage): a conversion it does not know.
  static Result<TimePattern> Make(std::string_view format);

  // Fills the parts that `text` tells; false if it does not fit.
  bool Read(std::string_view text, CivilParts* parts) const;
  // `time` in UTC.
  void Write(Micros time, std::string* out) const;
  // Matches what Read may read, without groups.
  std::string Expression() const;

  bool has_date() const { return has_date_; }
  bool has_time_of_day() const { return has_time_of_day_; }
  // How what it matches looks, for parsers that need not try it out.
  struct Layout {
    std::size_t fixed_size =
        0;                     // bytes; 0: not always the same, or conversions that it reads more laxly than Expression
    bool zone_at_end = false;  // all is fixed but %z, the last
    std::string others;        // bytes other than digits, letters, and a zone's sign and colon that it may hold
  };
  Layout layout() const;

  // Time stamps in it need no other part.
  bool complete() const { return has_date_ && has_time_of_day_; }

 private:
  struct Item {
    char conversion;  // 0: a literal byte
    char literal;
  };
  Status Add(std::string_view format);
  void FindParts();
  static bool ReadItem(const Item& item, std::string_view* rest, CivilParts* parts);

  std::vector<Item> items_;
  bool has_date_ = false;
  bool has_time_of_day_ = false;
};

}  // namespace socklog

#endif  // SOCKLOG_FORMAT_TIME_PATTERN_H_
