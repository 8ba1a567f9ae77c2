#include "format/time_zone.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>

namespace socklog {
namespace {

constexpr std::int64_t kDaySeconds = 86400;

std::int64_t ReadBigEndian(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint64_t value = static_cast<signed char>(bytes[at]) < 0 ? ~std::uint64_t{0} : 0;
  for (std::size_t i = 0; i < size; ++i) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return static_cast<std::int64_t>(value);
}

// The counts of a TZif header, and the sizes that follow from them.
struct TzHeader {
  static constexpr std::size_t kSize = 44;
  std::size_t utc_flags, standard_flags, leaps, times, types, chars;

  // Of the data block whose times take `time_size` bytes.
  std::size_t DataSize(std::size_t time_size) const {
    return times * (time_size + 1) + types * 6 + chars + leaps * (time_size + 4) + standard_flags + utc_flags;
  }
};

bool ReadHeader(std::string_view file, std::size_t at, TzHeader* header) {
  if (at > file.size() || file.size() - at < TzHeader::kSize || file.substr(at, 4) != "TZif") return false;
  const auto count = [&](std::size_t i) {
    return static_cast<std::size_t>(ReadBigEndian(file, at + 20 + 4 * i, 4)) & 0xFFFFFFFF;
  };
  *header = {count(0), count(1), count(2), count(3), count(4), count(5)};
  for (int i = 0; i < 6; ++i) {
    if (count(static_cast<std::size_t>(i)) > file.size()) return false;
  }
  return header->types > 0;
}

// "+02:00", "-0330", "+5"
bool ParseOffset(std::string_view text, std::int32_t* seconds) {
  if (text.size() < 2 || (text[0] != '+' && text[0] != '-')) return false;
  std::string digits;
  for (const char c : text.substr(1)) {
    if (c >= '0' && c <= '9') {
      digits += c;
    } else if (c != ':' || digits.size() != 2) {
      return false;
    }
  }
  if (digits.empty() || digits.size() > 4 || digits.size() == 3) return false;
  const int number = std::atoi(digits.c_str());
  const int hours = digits.size() == 4 ? number / 100 : number;
  const int minutes = digits.size() == 4 ? number % 100 : 0;
  if (hours > 18 || minutes > 59) return false;
  *seconds = (text[0] == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
  return true;
}

bool IsZoneName(std::string_view name) {
  if (name.empty() || name.size() > 64 || name[0] == '/' || name.find("..") != std::string_view::npos) return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' || c == '_' ||
           c == '-' || c == '+';
  });
}

std::string ZonePath(std::string_view name) {
  if (name == "local") return "/etc/localtime";
  const char* directory = std::getenv("TZDIR");
  return std::string(directory != nullptr ? directory : "/usr/share/zoneinfo") + "/" + std::string(name);
}

}  // namespace

std::shared_ptr<const TimeZone> TimeZone::Utc() {
  static const std::shared_ptr<const TimeZone> utc(new TimeZone);
  return utc;
}

Result<std::shared_ptr<const TimeZone>> TimeZone::Make(std::string_view name) {
  if (name == "UTC" || name == "Z" || name == "GMT") return Utc();
  std::shared_ptr<TimeZone> zone(new TimeZone);
  if (ParseOffset(name, &zone->first_offset_)) return std::shared_ptr<const TimeZone>(std::move(zone));
  if (IsZoneName(name)) {
    const std::string path = ZonePath(name);
    std::ifstream in(path, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    if (zone->Load(bytes)) return std::shared_ptr<const TimeZone>(std::move(zone));
  }
  return Status::Usage(
      "unknown time zone '" + std::string(name) +
      "': give UTC, an offset such as +02:00, or a name such as Europe/Paris (names need the package tzdata)");
}

bool TimeZone::Load(std::string_view file) {
  TzHeader header{};
  if (!ReadHeader(file, 0, &header)) return false;
  std::size_t at = TzHeader::kSize;
  std::size_t time_size = 4;
  if (file[4] >= '2') {  // version 2 and later repeat everything with 64-bit times
    const std::size_t second = at + header.DataSize(4);
    if (!ReadHeader(file, second, &header)) return false;
    at = second + TzHeader::kSize;
    time_size = 8;
  }
  if (at > file.size() || header.DataSize(time_size) > file.size() - at) return false;
  const std::size_t indices = at + header.times * time_size;
  const std::size_t types = indices + header.times;
  const auto offset_of_type = [&](std::size_t type) {
    return static_cast<std::int32_t>(ReadBigEndian(file, types + 6 * type, 4));
  };
  first_offset_ = offset_of_type(0);
  for (std::size_t i = 0; i < header.times; ++i) {
    const auto type = static_cast<unsigned char>(file[indices + i]);
    if (type >= header.types) return false;
    transitions_.push_back(ReadBigEndian(file, at + i * time_size, time_size));
    offsets_.push_back(offset_of_type(type));
  }
  std::string_view footer = file.substr(at + header.DataSize(time_size));
  if (time_size == 8 && !footer.empty() && footer[0] == '\n') {
    footer.remove_prefix(1);
    has_rule_ = rule_.Parse(footer.substr(0, footer.find('\n')));
  }
  return true;
}

std::int64_t TimeZone::OffsetAt(std::int64_t utc) const {
  const auto next = std::upper_bound(transitions_.begin(), transitions_.end(), utc);
  if (next == transitions_.end() && has_rule_) return rule_.OffsetAt(utc);
  if (next == transitions_.begin()) return first_offset_;
  return offsets_[static_cast<std::size_t>(next - transitions_.begin()) - 1];
}

std::int64_t TimeZone::ToUtc(std::int64_t local) const {
  const std::int64_t before = OffsetAt(local - kDaySeconds);
  if (OffsetAt(local - before) == before) return local - before;
  const std::int64_t after = OffsetAt(local + kDaySeconds);
  if (OffsetAt(local - after) == after) return local - after;
  return local - before;
}

}  // namespace socklog
