#include "format/time_pattern.h"

#include "base/regex.h"
#include "base/text.h"

namespace socklog {
namespace {

constexpr const char* kWeekdays[] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
constexpr const char* kLongMonths[] = {"January", "February", "March",     "April",   "May",      "June",
                                       "July",    "August",   "September", "October", "November", "December"};
constexpr std::string_view kKnown = "YymdejbhBaAHkIlMSpzZsf*";

// What a conversion stands for that is short for others, or nullptr.
const char* Expansion(char conversion) {
  switch (conversion) {
    case 'T':
      return "%H:%M:%S";
    case 'R':
      return "%H:%M";
    case 'D':
      return "%m/%d/%y";
    case 'F':
      return "%Y-%m-%d";
    case 'c':
      return "%a %b %e %H:%M:%S %Y";
    case 'n':
      return "\n";
    case 't':
      return "\t";
    default:
      return nullptr;
  }
}

std::size_t Letters(std::string_view text) {
  std::size_t n = 0;
  while (n < text.size() && ((text[n] >= 'a' && text[n] <= 'z') || (text[n] >= 'A' && text[n] <= 'Z'))) ++n;
  return n;
}

// Reads `width` digits (the first may be a blank if `padded`).
bool TakeNumber(std::string_view* rest, int width, bool padded, int* value) {
  if (rest->size() < static_cast<std::size_t>(width)) return false;
  const bool blank = padded && (*rest)[0] == ' ';
  *value = blank ? FixedNumber(rest->data() + 1, width - 1) : FixedNumber(rest->data(), width);
  rest->remove_prefix(static_cast<std::size_t>(width));
  return *value >= 0;
}

bool TakeMonth(std::string_view* rest, bool long_name, CivilParts* parts) {
  if (rest->size() < 3) return false;
  parts->month = MonthFromName(rest->data());
  if (parts->month < 0) return false;
  const std::string_view name = kLongMonths[parts->month - 1];
  if (long_name && rest->substr(0, name.size()) != name) return false;
  rest->remove_prefix(long_name ? name.size() : 3);
  return true;
}

bool TakeZone(std::string_view* rest, CivilParts* parts) {
  std::size_t size = 1;
  if (!rest->empty() && ((*rest)[0] == '+' || (*rest)[0] == '-')) size = rest->size() > 3 && (*rest)[3] == ':' ? 6 : 5;
  parts->offset = ParseZoneOffset(rest->substr(0, size));
  if (parts->offset == CivilParts::kNoOffset) return false;
  rest->remove_prefix(size);
  return true;
}

bool TakeZoneName(std::string_view* rest, CivilParts* parts) {
  std::size_t size = rest->find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_/+-");
  if (size == std::string_view::npos) size = rest->size();
  const std::string_view name = rest->substr(0, size);
  if (name == "UTC" || name == "GMT" || name == "Z") parts->offset = 0;  // others are left to the zone that was set
  rest->remove_prefix(size);
  return size > 0;
}

bool TakeEpoch(std::string_view* rest, int exponent, CivilParts* parts) {
  std::size_t size = 0;
  while (size < rest->size() && (*rest)[size] >= '0' && (*rest)[size] <= '9') ++size;
  const bool ok = ParseScaled(rest->substr(0, size), exponent, &parts->epoch);
  rest->remove_prefix(size);
  return ok;
}

std::string ExpressionOf(char conversion) {
  switch (conversion) {
    case 'Y':
      return "[0-9]{4}";
    case 'e':
    case 'k':
    case 'l':
      return "[ 0-9][0-9]";
    case 'j':
      return "[0-9]{3}";
    case 'b':
    case 'h':
    case 'a':
      return "[A-Za-z]{3}";
    case 'B':
    case 'A':
      return "[A-Za-z]+";
    case 'p':
      return "[AaPp][Mm]";
    case 'z':
      return "(?:[+-][0-9][0-9]:?[0-9][0-9]|Z)";
    case 'Z':
      return "[A-Za-z0-9_/+-]+";
    case 's':
    case 'f':
    case '*':
      return "[0-9]+";
    default:
      return "[0-9]{2}";
  }
}

// The bytes of a conversion (0: a literal) that are always as many, and that are read as ExpressionOf says; else 0.
std::size_t FixedSize(char conversion) {
  switch (conversion) {
    case '\0':
      return 1;
    case 'Y':
      return 4;
    case 'j':
    case 'a':
    case 'b':
    case 'h':
      return 3;
    case 'y':
    case 'm':
    case 'd':
    case 'e':
    case 'H':
    case 'k':
    case 'I':
    case 'l':
    case 'M':
    case 'S':
      return 2;
    default:
      return 0;
  }
}

// What is needed to write a time.
struct BrokenDown {
  CivilDate date;
  std::int64_t days;
  int hour, minute, second;
  Micros time;
};

BrokenDown BreakDown(Micros time) {
  const std::int64_t days = time / kDay - (time % kDay < 0 ? 1 : 0);
  const auto seconds = static_cast<int>((time - days * kDay) / kSecond);
  return {CivilFromDays(days), days, seconds / 3600, seconds / 60 % 60, seconds % 60, time};
}

void AppendPadded(std::int64_t value, int width, char pad, std::string* out) {
  const std::string digits = std::to_string(value);
  if (digits.size() < static_cast<std::size_t>(width))
    out->append(static_cast<std::size_t>(width) - digits.size(), pad);
  out->append(digits);
}

void WriteConversion(char conversion, const BrokenDown& t, std::string* out) {
  const int hour12 = t.hour % 12 == 0 ? 12 : t.hour % 12;
  switch (conversion) {
    case 'Y':
      return AppendPadded(t.date.year, 4, '0', out);
    case 'y':
      return AppendPadded(t.date.year % 100, 2, '0', out);
    case 'm':
      return AppendPadded(t.date.month, 2, '0', out);
    case 'd':
      return AppendPadded(t.date.day, 2, '0', out);
    case 'e':
      return AppendPadded(t.date.day, 2, ' ', out);
    case 'j':
      return AppendPadded(t.days - DaysFromCivil(t.date.year, 1, 1) + 1, 3, '0', out);
    case 'b':
    case 'h':
      out->append(MonthName(t.date.month));
      return;
    case 'B':
      out->append(kLongMonths[t.date.month - 1]);
      return;
    case 'a':
      out->append(kWeekdays[((t.days + 4) % 7 + 7) % 7], 3);
      return;
    case 'A':
      out->append(kWeekdays[((t.days + 4) % 7 + 7) % 7]);
      return;
    case 'H':
      return AppendPadded(t.hour, 2, '0', out);
    case 'k':
      return AppendPadded(t.hour, 2, ' ', out);
    case 'I':
      return AppendPadded(hour12, 2, '0', out);
    case 'l':
      return AppendPadded(hour12, 2, ' ', out);
    case 'M':
      return AppendPadded(t.minute, 2, '0', out);
    case 'S':
      return AppendPadded(t.second, 2, '0', out);
    case 'p':
      out->append(t.hour < 12 ? "AM" : "PM");
      return;
    case 'z':
      out->append("+0000");
      return;
    case 'Z':
      out->append("UTC");
      return;
    case 's':
      out->append(std::to_string(t.time / kSecond));
      return;
    case 'f':
      out->append(std::to_string(t.time));
      return;
    case '*':
      out->append(std::to_string(t.time / kMillisecond));
      return;
    default:
      return;
  }
}

}  // namespace

Result<TimePattern> TimePattern::Make(std::string_view format) {
  TimePattern pattern;
  if (Status status = pattern.Add(format); !status.ok()) return status;
  pattern.FindParts();
  return pattern;
}

Status TimePattern::Add(std::string_view format) {
  for (std::size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%') {
      items_.push_back({'\0', format[i]});
      continue;
    }
    const char conversion = i + 1 < format.size() ? format[i + 1] : '\0';
    if (conversion == '%') {
      items_.push_back({'\0', '%'});
    } else if (const char* longer = Expansion(conversion); longer != nullptr) {
      if (Status status = Add(longer); !status.ok()) return status;
    } else if (conversion != '\0' && kKnown.find(conversion) != std::string_view::npos) {
      items_.push_back({conversion, '\0'});
    } else {
      return Status::Usage("unknown strftime conversion '" + std::string(format.substr(i, 2)) + "'");
    }
    ++i;
  }
  return {};
}

TimePattern::Layout TimePattern::layout() const {
  Layout layout;
  for (const Item& item : items_) {
    const std::size_t size = FixedSize(item.conversion);
    layout.zone_at_end = item.conversion == 'z' && &item == &items_.back();
    if (size == 0) {
      layout.fixed_size = 0;
      return layout;
    }
    layout.fixed_size += size;
    if (item.conversion == '\0') layout.others += item.literal;
    if (item.conversion == 'e' || item.conversion == 'k' || item.conversion == 'l') layout.others += ' ';
  }
  return layout;
}

void TimePattern::FindParts() {
  std::string all;
  for (const Item& item : items_) {
    if (item.conversion != '\0') all += item.conversion;
  }
  const auto any = [&all](std::string_view set) { return all.find_first_of(set) != std::string::npos; };
  const bool epoch = any("sf*");
  has_date_ = epoch || (any("Yy") && (any("j") || (any("mbhB") && any("de"))));
  has_time_of_day_ = epoch || any("HkIl");
}

bool TimePattern::ReadItem(const Item& item, std::string_view* rest, CivilParts* parts) {
  int number = 0;
  switch (item.conversion) {
    case '\0':
      if (rest->empty() || (*rest)[0] != item.literal) return false;
      rest->remove_prefix(1);
      return true;
    case 'Y':
      if (!TakeNumber(rest, 4, false, &number)) return false;
      parts->year = number;
      return true;
    case 'y':
      if (!TakeNumber(rest, 2, false, &number)) return false;
      parts->year = number < 69 ? 2000 + number : 1900 + number;
      return true;
    case 'm':
      return TakeNumber(rest, 2, false, &parts->month);
    case 'd':
      return TakeNumber(rest, 2, false, &parts->day);
    case 'e':
      return TakeNumber(rest, 2, true, &parts->day);
    case 'j':
      return TakeNumber(rest, 3, false, &parts->day_of_year);
    case 'b':
    case 'h':
      return TakeMonth(rest, false, parts);
    case 'B':
      return TakeMonth(rest, true, parts);
    case 'a':
    case 'A': {
      const std::size_t letters = item.conversion == 'a' ? 3 : Letters(*rest);
      if (letters == 0 || Letters(*rest) < letters) return false;
      rest->remove_prefix(letters);
      return true;
    }
    case 'H':
      return TakeNumber(rest, 2, false, &parts->hour);
    case 'I':
      return TakeNumber(rest, 2, false, &parts->hour);
    case 'k':
    case 'l':
      return TakeNumber(rest, 2, true, &parts->hour);
    case 'M':
      return TakeNumber(rest, 2, false, &parts->minute);
    case 'S':
      return TakeNumber(rest, 2, false, &parts->second);
    case 'p':
      if (rest->size() < 2) return false;
      parts->half = (*rest)[0] == 'P' || (*rest)[0] == 'p' ? 1 : 0;
      rest->remove_prefix(2);
      return true;
    case 'z':
      return TakeZone(rest, parts);
    case 'Z':
      return TakeZoneName(rest, parts);
    case 's':
      return TakeEpoch(rest, 6, parts);
    case 'f':
      return TakeEpoch(rest, 0, parts);
    case '*':
      return TakeEpoch(rest, 3, parts);
    default:
      return false;
  }
}

bool TimePattern::Read(std::string_view text, CivilParts* parts) const {
  for (const Item& item : items_) {
    if (!ReadItem(item, &text, parts)) return false;
  }
  return text.empty();
}

void TimePattern::Write(Micros time, std::string* out) const {
  const BrokenDown parts = BreakDown(time);
  for (const Item& item : items_) {
    if (item.conversion == '\0') {
      out->push_back(item.literal);
    } else {
      WriteConversion(item.conversion, parts, out);
    }
  }
}

std::string TimePattern::Expression() const {
  std::string expression;
  for (const Item& item : items_) {
    expression +=
        item.conversion == '\0' ? EscapeRegex(std::string_view(&item.literal, 1)) : ExpressionOf(item.conversion);
  }
  return expression;
}

}  // namespace socklog
