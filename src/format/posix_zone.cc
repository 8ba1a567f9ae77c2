#include "format/posix_zone.h"

#include "base/text.h"

namespace socklog {
namespace {

constexpr std::int64_t kDaySeconds = 86400;

// Reads `rest` from the left; every function leaves what follows the piece it read.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_(text) {}

  bool empty() const { return rest_.empty(); }
  bool Take(char c) {
    if (rest_.empty() || rest_[0] != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool Number(int* value) {
    std::size_t n = 0;
    *value = 0;
    while (n < rest_.size() && n < 4 && rest_[n] >= '0' && rest_[n] <= '9') *value = *value * 10 + (rest_[n++] - '0');
    rest_.remove_prefix(n);
    return n > 0;
  }

  // "CEST" or "<+03>"
  bool Name() {
    std::size_t n = 0;
    if (Take('<')) {
      n = rest_.find('>');
      if (n == std::string_view::npos) return false;
      rest_.remove_prefix(n + 1);
      return true;
    }
    while (n < rest_.size() && ((rest_[n] >= 'A' && rest_[n] <= 'Z') || (rest_[n] >= 'a' && rest_[n] <= 'z'))) ++n;
    rest_.remove_prefix(n);
    return n >= 3;
  }

  // [+-]hh[:mm[:ss]]
  bool Time(std::int32_t* seconds) {
    const bool negative = Take('-');
    if (!negative) Take('+');
    int hours = 0, minutes = 0, rest = 0;
    if (!Number(&hours) || hours > 167) return false;
    if (Take(':') && !Number(&minutes)) return false;
    if (Take(':') && !Number(&rest)) return false;
    *seconds = hours * 3600 + minutes * 60 + rest;
    if (negative) *seconds = -*seconds;
    return minutes < 60 && rest < 60;
  }

  bool Change(PosixZone::Change* change) {
    using Kind = PosixZone::Change::Kind;
    if (Take('M')) {
      change->kind = Kind::kMonthWeekDay;
      if (!Number(&change->month) || !Take('.') || !Number(&change->week) || !Take('.') || !Number(&change->day))
        return false;
      if (change->month < 1 || change->month > 12 || change->week < 1 || change->week > 5 || change->day > 6)
        return false;
    } else {
      change->kind = Take('J') ? Kind::kJulian : Kind::kZeroBased;
      if (!Number(&change->day) || change->day > 365) return false;
    }
    return !Take('/') || Time(&change->time);
  }

 private:
  std::string_view rest_;
};

bool IsLeap(std::int64_t year) { return DaysInMonth(year, 2) == 29; }

// Local seconds since the epoch of `change` in `year`.
std::int64_t ChangeTime(const PosixZone::Change& change, std::int64_t year) {
  using Kind = PosixZone::Change::Kind;
  std::int64_t day = 0;
  if (change.kind == Kind::kMonthWeekDay) {
    const std::int64_t first = DaysFromCivil(year, change.month, 1);
    const int weekday = static_cast<int>(((first + 4) % 7 + 7) % 7);
    int in_month = (change.day - weekday + 7) % 7 + 7 * (change.week - 1);
    if (in_month >= DaysInMonth(year, change.month)) in_month -= 7;
    day = first + in_month;
  } else {
    day = DaysFromCivil(year, 1, 1) + change.day;
    if (change.kind == Kind::kJulian) day += (IsLeap(year) && change.day >= 60 ? 1 : 0) - 1;
  }
  return day * kDaySeconds + change.time;
}

}  // namespace

bool PosixZone::Parse(std::string_view text) {
  *this = PosixZone();
  Cursor cursor(text);
  PosixZone zone;
  std::int32_t west = 0;
  if (!cursor.Name() || !cursor.Time(&west)) return false;
  zone.standard_ = -west;
  if (!cursor.empty()) {
    if (!cursor.Name()) return false;
    zone.has_summer_ = true;
    zone.summer_ = zone.standard_ + 3600;
    if (!cursor.Take(',')) {
      if (!cursor.Time(&west) || !cursor.Take(',')) return false;
      zone.summer_ = -west;
    }
    if (!cursor.Change(&zone.start_) || !cursor.Take(',') || !cursor.Change(&zone.end_) || !cursor.empty())
      return false;
  }
  *this = zone;
  return true;
}

std::int32_t PosixZone::OffsetAt(std::int64_t utc) const {
  if (!has_summer_) return standard_;
  const std::int64_t local = utc + standard_;
  const std::int64_t days = local / kDaySeconds - (local % kDaySeconds < 0 ? 1 : 0);
  const std::int64_t year = CivilFromDays(days).year;
  const std::int64_t start = ChangeTime(start_, year) - standard_;
  const std::int64_t end = ChangeTime(end_, year) - summer_;
  const bool summer = start < end ? utc >= start && utc < end : utc >= start || utc < end;
  return summer ? summer_ : standard_;
}

}  // namespace socklog
