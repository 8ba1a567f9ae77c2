// 64 bytes at a time. Needs AVX-512 F, BW, VL and VBMI2.
#ifndef SOCKLOG_FORMAT_SCAN_SIMD_AVX512_H_
#define SOCKLOG_FORMAT_SCAN_SIMD_AVX512_H_

#include <immintrin.h>

#include <cstdint>

#include "format/scan/simd_avx2.h"

namespace socklog {
namespace {

struct Avx512 {
  static std::uint64_t Equal(const char* p, char c) {
    return _mm512_cmpeq_epi8_mask(_mm512_loadu_si512(p), _mm512_set1_epi8(c));
  }

  static std::uint64_t Odd(const char* p) {
    const __m512i bytes = _mm512_loadu_si512(p);
    const __m512i above_blank = _mm512_sub_epi8(bytes, _mm512_set1_epi8(' '));
    return _mm512_cmpgt_epu8_mask(above_blank, _mm512_set1_epi8('~' - ' ')) |
           _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('\\'));
  }

  static std::uint64_t Marks(const char* p) { return AmongEach(_mm512_loadu_si512(p), Avx2::MarksTable()); }

  static std::uint64_t PathStops(const char* p) {
    const __m512i bytes = _mm512_loadu_si512(p);
    const __m512i above_blank = _mm512_sub_epi8(bytes, _mm512_set1_epi8(' '));
    return _mm512_cmpgt_epu8_mask(above_blank, _mm512_set1_epi8('~' - ' ')) | AmongEach(bytes, Avx2::PathStopsTable());
  }

  static Structure Find(const char* p) {
    const __m512i bytes = _mm512_loadu_si512(p);
    return {_mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('"')),
            _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('\n'))};
  }

  static std::uint16_t* Append(std::uint64_t mask, std::uint16_t base, std::uint16_t* out) {
    alignas(64) static constexpr std::uint8_t kNumbers[64] = {
        0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
        22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43,
        44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63};
    const __m512i found = _mm512_maskz_compress_epi8(mask, _mm512_load_si512(kNumbers));
    const __m512i start = _mm512_set1_epi16(static_cast<short>(base));
    const auto put = [start](__m256i positions, std::uint16_t* to) {
      _mm512_storeu_si512(to, _mm512_add_epi16(_mm512_cvtepu8_epi16(positions), start));
    };
    const int count = __builtin_popcountll(mask);
    put(_mm512_castsi512_si256(found), out);
    if (count > 32) put(_mm512_extracti64x4_epi64(found, 1), out + 32);
    return out + count;
  }

  static unsigned DigitRun(const char* p) { return Avx2::DigitRun(p); }
  static unsigned UpperRun(const char* p) { return Avx2::UpperRun(p); }
  static bool IsWithin(const char* p, const char* low, const unsigned char* beyond) {
    const __m256i above = _mm256_sub_epi8(Avx2::Load(p), Avx2::Load(low));
    return _mm256_cmpgt_epu8_mask(above, Avx2::Load(beyond)) == 0;
  }

  static bool StartsWith(const char* p, const char* literal, std::uint64_t bits) {
    return _mm512_mask_cmpneq_epi8_mask(bits, _mm512_loadu_si512(p), _mm512_loadu_si512(literal)) == 0;
  }

 private:
  // As Avx2::AmongEach.
  static std::uint64_t AmongEach(__m512i bytes, __m128i table) {
    return _mm512_cmpeq_epi8_mask(_mm512_shuffle_epi8(_mm512_broadcast_i32x4(table), bytes), bytes);
  }
};

}  // namespace
}  // namespace socklog

#endif  // SOCKLOG_FORMAT_SCAN_SIMD_AVX512_H_
