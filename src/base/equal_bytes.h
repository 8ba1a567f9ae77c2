// Compares texts many bytes at a time, without a branch on their size.
#ifndef SOCKLOG_BASE_EQUAL_BYTES_H_
#define SOCKLOG_BASE_EQUAL_BYTES_H_

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "base/prefix_mask.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace socklog {

// Whether the first min(size, 32) bytes are the same. REQUIRES: size <= 256; 32 bytes of both may be read
inline bool EqualUpTo32(const char* a, const char* b, std::size_t size) {
#ifdef __SSE2__
  const std::int8_t* const inside = PrefixMask(size);
  const auto load = [](const void* p) { return _mm_loadu_si128(static_cast<const __m128i*>(p)); };
  const __m128i low = _mm_and_si128(_mm_xor_si128(load(a), load(b)), load(inside));
  const __m128i high = _mm_and_si128(_mm_xor_si128(load(a + 16), load(b + 16)), load(inside + 16));
  return _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_or_si128(low, high), _mm_setzero_si128())) == 0xFFFF;
#else
  return std::memcmp(a, b, size < 32 ? size : 32) == 0;
#endif
}

}  // namespace socklog

#endif  // SOCKLOG_BASE_EQUAL_BYTES_H_
