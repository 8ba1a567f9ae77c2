// Looks at sixteen bytes of a text at a time for those that need care.
#ifndef SOCKLOG_BASE_BYTE_SCAN_H_
#define SOCKLOG_BASE_BYTE_SCAN_H_

#include <array>
#include <cstddef>
#include <cstring>
#include <string_view>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace socklog {

// Bytes that stand for themselves in a key: printable ASCII without the backslash.
constexpr bool IsPlainByte(char c) { return c >= 0x20 && c < 0x7f && c != '\\'; }
// Where the path of a request's target ends.
constexpr bool EndsPath(char c) { return c == '?' || c == '#' || c == ';'; }

namespace byte_scan {

constexpr bool IsSpecial(char c, bool path) { return !IsPlainByte(c) || (path && EndsPath(c)); }

// Whether one of the 16 bytes at `p` is special; of the 8 bytes twice, if that is all there are.
template <bool path>
inline bool AnySpecial(const char* first_half, const char* second_half) {
#ifdef __SSE2__
  const __m128i bytes = _mm_unpacklo_epi64(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(first_half)),
                                           _mm_loadl_epi64(reinterpret_cast<const __m128i*>(second_half)));
  const auto is = [&bytes](char c) { return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c)); };
  // Signed: bytes from 0x80 on are below, too.
  __m128i special = _mm_or_si128(_mm_cmplt_epi8(bytes, _mm_set1_epi8(0x20)), _mm_or_si128(is(0x7f), is('\\')));
  if constexpr (path) special = _mm_or_si128(special, _mm_or_si128(is('?'), _mm_or_si128(is('#'), is(';'))));
  return _mm_movemask_epi8(special) != 0;
#else
  for (const char* half : {first_half, second_half}) {
    for (int i = 0; i < 8; ++i) {
      if (IsSpecial(half[i], path)) return true;
    }
  }
  return false;
#endif
}

}  // namespace byte_scan

// The number of bytes before the first one that is not plain or, with `path`, ends a path.
template <bool path>
inline std::size_t PlainPrefix(std::string_view text) {
  const char* p = text.data();
  const std::size_t size = text.size();
  std::size_t done = 0;
  if (size >= 8) {
    while (done + 16 <= size && !byte_scan::AnySpecial<path>(p + done, p + done + 8)) done += 16;
    if (done == size) return size;
    const std::size_t left = size - done;
    const char* last = p + size - 8;
    if (left < 16 && !byte_scan::AnySpecial<path>(left < 8 ? last : p + done, last)) return size;
  }
  while (done < size && !byte_scan::IsSpecial(p[done], path)) ++done;
  return done;
}

}  // namespace socklog

#endif  // SOCKLOG_BASE_BYTE_SCAN_H_
