// What is read between the literals of a line, many bytes at a time: shared by the scanners of text and of JSON.
//
// As everything that kernels include, in an unnamed namespace (lines.h).
#ifndef SOCKLOG_FORMAT_SCAN_VALUES_H_
#define SOCKLOG_FORMAT_SCAN_VALUES_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "format/entry_builder.h"
#include "format/request_line.h"
#include "format/scan/kernel.h"
#include "format/scan/stamp.h"
#include "socklog/time.h"

namespace socklog {
namespace {

// To copy it is faster than to make one in place: the compiler would make it on the stack, and then copy that.
constexpr LogEntry kNoEntry;

inline std::uint64_t Load64(const char* p) {
  std::uint64_t value;
  std::memcpy(&value, p, 8);
  return value;
}

// The first in the lowest byte.
inline std::uint32_t Load32(const char* p) {
  std::uint32_t value;
  std::memcpy(&value, p, 4);
  if constexpr (std::endian::native == std::endian::big) value = __builtin_bswap32(value);
  return value;
}

inline bool IsDigitByte(char c) { return static_cast<unsigned char>(c - '0') <= 9; }

inline std::string_view View(const char* begin, const char* end) {
  return {begin, static_cast<std::size_t>(end - begin)};
}

// A logged value; "-" says that there is none.
inline std::string_view Text(const char* begin, const char* end) {
  const bool missing = end - begin == 1 && *begin == '-';
  return View(begin, missing ? begin : end);
}

// The end of a line without the blanks before its newline. REQUIRES: a byte before `begin` may be read
inline const char* TrimmedEnd(const char* begin, const char* newline) {
  if (static_cast<unsigned char>(newline[-1]) > ' ') [[likely]]
    return newline;
  while (newline > begin && (newline[-1] == '\r' || newline[-1] == ' ' || newline[-1] == '\t')) --newline;
  return newline;
}

// The number of `size` digits, at most 16, that end at `end`.
inline std::int64_t NumberOf(const char* end, unsigned size) {
  std::uint64_t value = 0;
  for (const char* p = end - size; p < end; ++p) value = value * 10 + static_cast<unsigned char>(*p - '0');
  return static_cast<std::int64_t>(value);
}

// The microseconds of a fraction of a second, of which `size` digits begin at `p`; what is finer counts nothing.
inline Micros MicrosOf(const char* p, unsigned size) {
  Micros micros = 0;
  for (unsigned i = 0; i < 6; ++i) micros = micros * 10 + (i < size ? static_cast<unsigned char>(p[i] - '0') : 0);
  return micros;
}

// LogEntry::status of the three digits at `p`; false if they are none.
inline bool ReadStatus(const char* p, std::uint16_t* status) {
  const unsigned digits = Load32(p) ^ 0x30303030;  // the first in the lowest byte
  if (((digits | (digits + 0x060606)) & 0xF0F0F0) != 0) return false;
  const unsigned pairs = 10 * digits + (digits >> 8);  // 10 a + b in the lowest byte
  const unsigned number = 10 * (pairs & 0xFF) + (digits >> 16 & 0xFF);
  *status = static_cast<std::uint16_t>(number - 100 < 500 ? number : 0);
  return true;
}

// The time of the stamp at `p`, if it is like the one before.
template <typename Simd>
inline bool ReadSameStamp(const char* p, const StampShape& shape, const StampCache& cache, Micros* time) {
  if (!Simd::IsWithin(p, cache.low, cache.beyond)) return false;
  const char* const digits = p + shape.minutes;
  const int seconds = 600 * digits[0] + 60 * digits[1] + 10 * digits[3] + digits[4] - '0' * (600 + 60 + 10 + 1);
  *time = cache.hour + kSecond * seconds;
  return true;
}

// How many ':' are in the value: 0, 1, or 2 for more; 1 if it is too long to say.
template <typename Simd>
inline unsigned Colons(const char* begin, const char* end) {
  if (end - begin >= 64) return 1;
  const std::uint64_t inside = (std::uint64_t{1} << (end - begin)) - 1;
  const std::uint64_t colons = Simd::Equal(begin, ':') & inside;
  return (colons & (colons - 1)) != 0 ? 2 : colons != 0;
}

// An address without its port, of which `colons` is known: only one with one colon can have a port; an IPv6 address has
// more.
inline std::string_view Client(const char* begin, const char* end, unsigned colons) {
  const std::string_view text = Text(begin, end);
  return colons == 1 || *begin == '[' ? StripClientPort(text) : text;
}

template <typename Simd>
inline std::string_view Host(const char* begin, const char* end) {
  const std::string_view text = Text(begin, end);
  return Colons<Simd>(begin, end) == 0 ? text : StripHostPort(text);
}

// Whether it is known to be, without a look at more than 64 bytes.
template <typename Simd>
inline bool IsPlain(const char* begin, const char* end) {
  const auto size = static_cast<std::size_t>(end - begin);
  return size - 1 < 64 && (Simd::Odd(begin) & (~std::uint64_t{0} >> (64 - size))) == 0;
}

// As LogEntry::path_size.
template <typename Simd>
inline std::uint32_t PathSize(const char* begin, const char* end) {
  if (*begin != '/') return 0;
  const auto size = static_cast<std::size_t>(end - begin);
  const std::uint64_t inside = ~std::uint64_t{0} >> (size < 64 ? 64 - size : 0);
  const std::uint64_t stops = Simd::PathStops(begin) & inside;
  if (stops == 0) return size <= 64 ? static_cast<std::uint32_t>(size) : 0;
  const auto stop = static_cast<unsigned>(__builtin_ctzll(stops));
  const char c = begin[stop];
  return c == '?' || c == '#' || c == ';' ? stop : 0;
}

// "GET /a HTTP/1.1" at once. False: whatever else it is, ParseRequestLine tells.
template <typename Simd>
inline bool ReadUsualRequest(const char* begin, const char* end, RequestLine* request) {
  const unsigned method_size = Simd::UpperRun(begin);
  const char* target = begin + method_size + 1;
  const char* target_end = end - 9;
  const std::uint64_t marks = (Load64(end - 8) ^ Load64("HTTP/1.1")) & Load64("\xFF\xFF\xFF\xFF\xFF\0\xFF");
  const bool plain = (method_size - 1 < 15) & (target[-1] == ' ') & (*target != ' ') & (target < target_end) &
                     (target_end[-1] != ' ') & (*target_end == ' ') & (marks == 0) & (end[-3] != ' ') &
                     (end[-1] != ' ');
  if (!plain) return false;
  *request = {View(begin, target - 1), View(target, target_end), View(end - 8, end)};
  return true;
}

// The job's line, which ends at `newline`, is in its entry.
inline void FinishLine(std::uint32_t newline, ScanJob* job) {
  job->entry->line = job->line++;
  job->entry->offset = job->chunk_offset + job->line_start;
  job->entry->size = newline - job->line_start;
  ++job->entry;
  job->line_start = newline + 1;
}

}  // namespace
}  // namespace socklog

#endif  // SOCKLOG_FORMAT_SCAN_VALUES_H_
