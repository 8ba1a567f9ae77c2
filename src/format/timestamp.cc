#include "format/timestamp.h"

#include <algorithm>
#include <cstring>

#include "base/text.h"

namespace socklog {
namespace {

constexpr std::size_t kClfDateSize = 11;  // 17/May/2015
constexpr std::size_t kClfSize = std::string_view("17/May/2015:10:05:03").size();

constexpr std::size_t kIsoDateSize = 10;  // 2015-05-17
constexpr std::size_t kIsoSize = std::string_view("2015-05-17T10:05:03").size();

// Tells kIso from other forms.
bool IsIso(std::string_view text) { return text.size() >= 5 && text[4] == '-'; }

// Whether the separators are where an ISO time stamp has them.
bool HasIsoShape(std::string_view text) {
  return text.size() >= kIsoSize && text[4] == '-' && text[7] == '-' &&
         (text[10] == 'T' || text[10] == ' ' || text[10] == 't') && text[13] == ':' && text[16] == ':';
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Numbers are taken for seconds up to the year 5138, and so on by powers of a thousand.
int GuessEpochExponent(std::string_view text) {
  const std::size_t digits = std::min(text.find('.'), text.size()) - (!text.empty() && text[0] == '-' ? 1 : 0);
  if (digits <= 11) return 6;
  if (digits <= 14) return 3;
  return digits <= 17 ? 0 : -3;
}

bool ReadEpoch(std::string_view text, int exponent, CivilParts* parts) {
  if (exponent < 0 && text.size() > 18) {  // ParseScaled takes 18 digits; nanoseconds have 19
    text = text.substr(0, text.size() - 3);
    exponent += 3;
  }
  return ParseScaled(text, exponent, &parts->epoch);
}

void AppendTwo(int value, std::string* out) {
  out->push_back(static_cast<char>('0' + value / 10));
  out->push_back(static_cast<char>('0' + value % 10));
}

void AppendTimeOfDay(Micros in_day, std::string* out) {
  const auto seconds = static_cast<int>(in_day / kSecond);
  AppendTwo(seconds / 3600, out);
  out->push_back(':');
  AppendTwo(seconds / 60 % 60, out);
  out->push_back(':');
  AppendTwo(seconds % 60, out);
}

void AppendClf(Micros time, std::string* out) {
  const std::int64_t days = time / kDay - (time % kDay < 0 ? 1 : 0);
  const CivilDate date = CivilFromDays(days);
  AppendTwo(date.day, out);
  out->push_back('/');
  out->append(MonthName(date.month));
  out->push_back('/');
  AppendTwo(static_cast<int>(date.year / 100), out);
  AppendTwo(static_cast<int>(date.year % 100), out);
  out->push_back(':');
  AppendTimeOfDay(time - days * kDay, out);
  out->append(" +0000");
}

// As nginx's $time_iso8601.
void AppendWholeIso(Micros time, std::string* out) {
  out->append(FormatTime(time - (time % kSecond + kSecond) % kSecond));
  out->pop_back();
  out->append("+00:00");
}

void AppendFixed(std::int64_t value, int digits, std::string* out) {
  const std::string text = std::to_string(value);
  if (text.size() < static_cast<std::size_t>(digits)) out->append(static_cast<std::size_t>(digits) - text.size(), '0');
  out->append(text);
}

void AppendEpoch(const TimeSpelling& spelling, Micros time, std::string* out) {
  Micros unit = 1;
  for (int i = 0; i < spelling.exponent; ++i) unit *= 10;
  out->append(std::to_string(time / unit));
  for (int i = spelling.exponent; i < 0; ++i) out->push_back('0');
  if (spelling.decimals == 0) return;
  out->push_back('.');
  const std::string below = std::to_string(unit + time % unit).substr(1);
  out->append(below.substr(0, static_cast<std::size_t>(spelling.decimals)));
}

}  // namespace

const char* TimeReason(TimeForm form) {
  switch (form) {
    case TimeForm::kClf:
      return "the time stamp is not of the form 17/May/2015:10:05:03 +0000";
    case TimeForm::kIso:
      return "the time stamp is not of the form 2015-05-17T10:05:03Z";
    case TimeForm::kEpoch:
      return "the time stamp is not a number of seconds (or parts of it) since 1970";
    case TimeForm::kPattern:
      return "the time stamp does not fit its strftime format, or there is no such time";
    case TimeForm::kFraction:
      return "the fraction of the time stamp is not a number";
    default:
      return "the time stamp is of no known form";
  }
}

bool TimeReader::ReadClfDate(const char* text, std::int64_t* days) {
  if (std::memcmp(text, clf_date_, kClfDateSize) == 0) {
    *days = clf_days_;
    return true;
  }
  const int day = FixedNumber(text, 2);
  const int month = MonthFromName(text + 3);
  const int year = FixedNumber(text + 7, 4);
  if (day < 1 || month < 1 || year < 0 || text[2] != '/' || text[6] != '/' || day > DaysInMonth(year, month))
    return false;
  *days = clf_days_ = DaysFromCivil(year, month, day);
  std::memcpy(clf_date_, text, kClfDateSize);
  return true;
}

bool TimeReader::ReadClf(std::string_view text, Micros* time) {
  if (text.size() >= 2 && text.front() == '[' && text.back() == ']') text = text.substr(1, text.size() - 2);
  if (text.size() < kClfSize) return false;
  const char* p = text.data();
  std::int64_t days = 0;
  if (!ReadClfDate(p, &days) || p[11] != ':' || p[14] != ':' || p[17] != ':') return false;
  return ReadTimeOfDay(p + 12, text.substr(kClfSize), days, time);
}

// `text`: "10:05:03", its separators checked; `tail`: what follows.
bool TimeReader::ReadTimeOfDay(const char* text, std::string_view tail, std::int64_t days, Micros* time) {
  const int hour = FixedNumber(text, 2);
  const int minute = FixedNumber(text + 3, 2);
  const int second = FixedNumber(text + 6, 2);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return false;
  CivilParts parts;
  if (!ReadTail(tail, &parts)) return false;
  const std::int64_t local = days * 86400 + hour * 3600 + minute * 60 + second;
  const bool has_zone = parts.offset != CivilParts::kNoOffset;
  *time = (has_zone ? local - parts.offset : zone_->ToUtc(local)) * kSecond + parts.fraction;
  return IsLogTime(*time);
}

// What follows the seconds: a fraction, a zone.
bool TimeReader::ReadTail(std::string_view tail, CivilParts* parts) {
  if (!tail.empty() && (tail[0] == '.' || tail[0] == ',')) {
    std::size_t end = 1;
    Micros unit = kSecond / 10;
    for (; end < tail.size() && IsDigit(tail[end]); ++end, unit /= 10) parts->fraction += (tail[end] - '0') * unit;
    if (end == 1) return false;
    tail.remove_prefix(end);
  }
  if (!tail.empty() && tail[0] == ' ') {
    tail.remove_prefix(1);
    if (tail.empty()) return false;
  }
  if (tail.empty()) return true;
  parts->offset = tail == "UTC" || tail == "GMT" ? 0 : ParseZoneOffset(tail);
  return parts->offset != CivilParts::kNoOffset;
}

bool TimeReader::ReadIsoDate(const char* text, std::int64_t* days) {
  if (std::memcmp(text, iso_date_, kIsoDateSize) == 0) {
    *days = iso_days_;
    return true;
  }
  const int year = FixedNumber(text, 4);
  const int month = FixedNumber(text + 5, 2);
  const int day = FixedNumber(text + 8, 2);
  if (year < 0 || month < 1 || month > 12 || day < 1 || day > DaysInMonth(year, month)) return false;
  *days = iso_days_ = DaysFromCivil(year, month, day);
  std::memcpy(iso_date_, text, kIsoDateSize);
  return true;
}

bool TimeReader::ReadIsoTime(std::string_view text, Micros* time) {
  std::int64_t days = 0;
  return HasIsoShape(text) && ReadIsoDate(text.data(), &days) &&
         ReadTimeOfDay(text.data() + 11, text.substr(kIsoSize), days, time);
}

bool TimeReader::ReadIso(std::string_view text, CivilParts* parts) {
  if (!HasIsoShape(text)) return false;
  const char* p = text.data();
  parts->year = FixedNumber(p, 4);
  parts->month = FixedNumber(p + 5, 2);
  parts->day = FixedNumber(p + 8, 2);
  parts->hour = FixedNumber(p + 11, 2);
  parts->minute = FixedNumber(p + 14, 2);
  parts->second = FixedNumber(p + 17, 2);
  return ReadTail(text.substr(kIsoSize), parts);
}

bool TimeReader::ReadPart(const TimeSpelling& spelling, std::string_view text, CivilParts* parts) {
  switch (spelling.form) {
    case TimeForm::kIso:
      return ReadIso(text, parts);
    case TimeForm::kEpoch:
      return ReadEpoch(text, spelling.exponent, parts);
    case TimeForm::kPattern:
      return spelling.pattern->Read(text, parts);
    case TimeForm::kFraction: {
      std::int64_t value = 0;
      if (!ParseScaled(text, 6 - spelling.exponent, &value) || value < 0 || value >= kSecond) return false;
      parts->fraction = value;
      return true;
    }
    case TimeForm::kZone:
      parts->offset = ParseZoneOffset(text);  // anything else is no zone, and none is needed
      return true;
    case TimeForm::kClf:
      return ReadClf(text, &parts->epoch);
    case TimeForm::kAny:
      if (IsIso(text)) return ReadIso(text, parts);
      if (text.find('/') != std::string_view::npos) return ReadClf(text, &parts->epoch);
      return ReadEpoch(text, GuessEpochExponent(text), parts);
  }
  return false;
}

bool TimeReader::Read(const TimeSpelling& spelling, std::string_view text, Micros* time) {
  if (spelling.form == TimeForm::kClf) return ReadClf(text, time);
  if (spelling.form == TimeForm::kIso || (spelling.form == TimeForm::kAny && IsIso(text)))
    return ReadIsoTime(text, time);
  CivilParts parts;
  return ReadPart(spelling, text, &parts) && parts.ToTime(*zone_, time);
}

void AppendTime(const TimeSpelling& spelling, Micros time, std::string* out) {
  switch (spelling.form) {
    case TimeForm::kClf:
      return AppendClf(time, out);
    case TimeForm::kEpoch:
      return AppendEpoch(spelling, time, out);
    case TimeForm::kPattern:
      return spelling.pattern->Write(time, out);
    case TimeForm::kFraction: {
      const Micros fraction = (time % kSecond + kSecond) % kSecond;
      return AppendFixed(spelling.exponent == 3 ? fraction / kMillisecond : fraction, spelling.exponent, out);
    }
    case TimeForm::kZone:
      out->append("+0000");
      return;
    case TimeForm::kIso:
      if (spelling.decimals == 0) return AppendWholeIso(time, out);
      out->append(FormatTime(time));
      return;
    default:
      out->append(FormatTime(time));
  }
}

}  // namespace socklog
