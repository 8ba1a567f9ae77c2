// Looks at many bytes of a text at a time for those that need care.
#ifndef SOCKLOG_BASE_BYTE_SCAN_H_
#define SOCKLOG_BASE_BYTE_SCAN_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace socklog {

// What PlainPrefix stops at.
enum class StopAt {
  kOdd,         // bytes that cannot stand for themselves in a key: all but printable ASCII without the backslash
  kOddOrColon,  // those, and ':', which tells an IPv6 address from others
  kPathEnd,     // those, and '?', '#', ';', where the path of a request's target ends
};

constexpr bool IsPlainByte(char c) { return c >= 0x20 && c < 0x7f && c != '\\'; }
constexpr bool EndsPath(char c) { return c == '?' || c == '#' || c == ';'; }
constexpr bool Stops(char c, StopAt at) {
  return !IsPlainByte(c) || (at == StopAt::kPathEnd && EndsPath(c)) || (at == StopAt::kOddOrColon && c == ':');
}

namespace byte_scan_internal {

inline constexpr std::size_t kStep = 32;

// Bit i: the i-th of the kStep bytes at `p` stops.
template <StopAt at>
std::uint32_t StopBits(const char* p) {
#ifdef __SSE2__
  const auto bits16 = [](const char* q) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(q));
    const auto is = [bytes](char c) { return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c)); };
    // Signed: bytes from 0x80 on are below, too.
    __m128i stops = _mm_or_si128(_mm_cmplt_epi8(bytes, _mm_set1_epi8(0x20)), _mm_or_si128(is(0x7f), is('\\')));
    if constexpr (at == StopAt::kOddOrColon) stops = _mm_or_si128(stops, is(':'));
    if constexpr (at == StopAt::kPathEnd)
      stops = _mm_or_si128(stops, _mm_or_si128(is('?'), _mm_or_si128(is('#'), is(';'))));
    return static_cast<std::uint32_t>(_mm_movemask_epi8(stops));
  };
  return bits16(p) | bits16(p + 16) << 16;
#else
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < kStep; ++i) bits |= static_cast<std::uint32_t>(Stops(p[i], at)) << i;
  return bits;
#endif
}

}  // namespace byte_scan_internal

// The number of bytes before the first one that stops, or all. Reads up to 32 bytes behind `text`.
template <StopAt at>
inline std::size_t PlainPrefix(std::string_view text) {
  using byte_scan_internal::kStep;
  for (std::size_t done = 0; done < text.size(); done += kStep) {
    const std::uint32_t bits = byte_scan_internal::StopBits<at>(text.data() + done);
    if (bits == 0) continue;
    const std::size_t stop = done + static_cast<std::size_t>(std::countr_zero(bits));
    return stop < text.size() ? stop : text.size();
  }
  return text.size();
}

}  // namespace socklog

#endif  // SOCKLOG_BASE_BYTE_SCAN_H_
