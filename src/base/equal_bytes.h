// Compares texts byte by byte, many at a time, without a branch.
#ifndef SOCKLOG_BASE_EQUAL_BYTES_H_
#define SOCKLOG_BASE_EQUAL_BYTES_H_

#include <cstddef>
#include <cstdint>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace socklog {

// Bit i, of 16: a[i] == b[i].
inline std::uint64_t EqualBytes16(const char* a, const char* b) {
#ifdef __SSE2__
  const __m128i equal = _mm_cmpeq_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(a)),
                                       _mm_loadu_si128(reinterpret_cast<const __m128i*>(b)));
  return static_cast<std::uint32_t>(_mm_movemask_epi8(equal));
#else
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < 16; ++i) bits |= static_cast<std::uint64_t>(a[i] == b[i]) << i;
  return bits;
#endif
}

}  // namespace socklog

#endif  // SOCKLOG_BASE_EQUAL_BYTES_H_
