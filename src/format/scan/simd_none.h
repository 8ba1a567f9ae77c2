// Eight bytes at a time in plain registers, on any processor.
#ifndef SOCKLOG_FORMAT_SCAN_SIMD_NONE_H_
#define SOCKLOG_FORMAT_SCAN_SIMD_NONE_H_

#include <bit>
#include <cstdint>
#include <cstring>

#include "base/byte_scan.h"
#include "format/scan/bits.h"

namespace socklog {
namespace {

struct NoSimd {
  static std::uint64_t Equal(const char* p, char c) {
    std::uint64_t mask = 0;
    for (unsigned i = 0; i < 8; ++i) mask |= EqualOfEight(p + 8 * i, c) << (8 * i);
    return mask;
  }

  static std::uint64_t Odd(const char* p) {
    std::uint64_t mask = 0;
    for (unsigned i = 0; i < 64; ++i) mask |= std::uint64_t{!IsPlainByte(p[i])} << i;
    return mask;
  }

  static std::uint64_t Marks(const char* p) { return Equal(p, '"') | Equal(p, '\n') | Equal(p, '\\'); }
  static std::uint64_t PathStops(const char* p) { return Odd(p) | Equal(p, '?') | Equal(p, '#') | Equal(p, ';'); }

  static Structure Find(const char* p) { return {Equal(p, '"'), Equal(p, '\n')}; }

  static std::uint16_t* Append(std::uint64_t mask, std::uint16_t base, std::uint16_t* out) {
    return AppendPositions(mask, base, out);
  }

  static unsigned DigitRun(const char* p) { return RunInside(p, '0', '9'); }
  static unsigned UpperRun(const char* p) { return RunInside(p, 'A', 'Z'); }

  static bool IsWithin(const char* p, const char* low, const unsigned char* beyond) {
    bool within = true;
    for (int i = 0; i < 32; ++i) within &= static_cast<unsigned char>(p[i] - low[i]) <= beyond[i];
    return within;
  }

  static bool StartsWith(const char* p, const char* literal, std::uint64_t bits) {
    return std::memcmp(p, literal, static_cast<std::size_t>(std::popcount(bits))) == 0;
  }

 private:
  // Which of eight bytes are `c`, as eight bits.
  static std::uint64_t EqualOfEight(const char* p, char c) {
    constexpr std::uint64_t kLow7 = 0x7F7F7F7F7F7F7F7F;
    std::uint64_t bytes;
    std::memcpy(&bytes, p, 8);
    if constexpr (std::endian::native == std::endian::big) bytes = __builtin_bswap64(bytes);
    const std::uint64_t different = bytes ^ (0x0101010101010101 * static_cast<unsigned char>(c));
    const std::uint64_t top_bits = ~(((different & kLow7) + kLow7) | different | kLow7);  // 0x80 where a byte is 0
    return (top_bits >> 7) * 0x0102040810204080 >> 56;
  }

  static unsigned RunInside(const char* p, char first, char last) {
    unsigned run = 0;
    while (run < 16 && p[run] >= first && p[run] <= last) ++run;
    return run;
  }
};

}  // namespace
}  // namespace socklog

#endif  // SOCKLOG_FORMAT_SCAN_SIMD_NONE_H_
