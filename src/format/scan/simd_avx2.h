// 32 bytes at a time.
#ifndef SOCKLOG_FORMAT_SCAN_SIMD_AVX2_H_
#define SOCKLOG_FORMAT_SCAN_SIMD_AVX2_H_

#include <immintrin.h>

#include <cstdint>

#include "format/scan/simd_sse2.h"

namespace socklog {
namespace {

struct Avx2 {
  static __m256i Load(const char* p) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)); }
  static std::uint64_t Equal(__m256i low, __m256i high, char c) {
    const __m256i wanted = _mm256_set1_epi8(c);
    const auto mask = [wanted](__m256i bytes) {
      return static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(bytes, wanted)));
    };
    return mask(low) | static_cast<std::uint64_t>(mask(high)) << 32;
  }

  static std::uint64_t Equal(const char* p, char c) { return Equal(Load(p), Load(p + 32), c); }

  static std::uint64_t Odd(const char* p) {
    const auto mask = [](__m256i bytes) {
      // Signed: bytes from 0x80 on are below, too.
      const __m256i below = _mm256_cmpgt_epi8(_mm256_set1_epi8(' '), bytes);
      const __m256i others = _mm256_or_si256(_mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(0x7F)),
                                             _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('\\')));
      return static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_or_si256(below, others)));
    };
    return mask(Load(p)) | static_cast<std::uint64_t>(mask(Load(p + 32))) << 32;
  }

  static Structure Find(const char* p) {
    const __m256i low = Load(p);
    const __m256i high = Load(p + 32);
    return {Equal(low, high, '"'), Equal(low, high, '\n'), Equal(low, high, '\\')};
  }

  static std::uint16_t* Append(std::uint64_t mask, std::uint16_t base, std::uint16_t* out) {
    return AppendPositions(mask, base, out);
  }

  static unsigned DigitRun(const char* p) { return Sse2::DigitRun(p); }
  static unsigned UpperRun(const char* p) { return Sse2::UpperRun(p); }

  static bool EqualMasked(const char* p, const char* key, const char* mask) {
    return _mm256_testz_si256(_mm256_xor_si256(Load(p), Load(key)), Load(mask)) != 0;
  }

  static bool StartsWith(const char* p, const char* literal, std::uint64_t bits) {
    const auto different = [p, literal](unsigned at) {
      return ~static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(Load(p + at), Load(literal + at))));
    };
    const auto low = static_cast<std::uint32_t>(bits);
    const auto high = static_cast<std::uint32_t>(bits >> 32);
    return (different(0) & low) == 0 && (high == 0 || (different(32) & high) == 0);
  }
};

}  // namespace
}  // namespace socklog

#endif  // SOCKLOG_FORMAT_SCAN_SIMD_AVX2_H_
