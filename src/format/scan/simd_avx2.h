// 32 bytes at a time.
#ifndef SOCKLOG_FORMAT_SCAN_SIMD_AVX2_H_
#define SOCKLOG_FORMAT_SCAN_SIMD_AVX2_H_

#include <immintrin.h>

#include <cstdint>

#include "format/scan/repeated_bytes.h"
#include "format/scan/simd_sse2.h"

namespace socklog {
namespace {

struct Avx2 {
  static __m256i Load(const void* p) { return _mm256_loadu_si256(static_cast<const __m256i*>(p)); }
  static const char* Repeated(char c) { return kRepeated.of[static_cast<unsigned char>(c)]; }
  static __m256i All(char c) { return Load(Repeated(c)); }
  static std::uint64_t Equal(__m256i low, __m256i high, char c) {
    const __m256i wanted = All(c);
    const auto mask = [wanted](__m256i bytes) {
      return static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(bytes, wanted)));
    };
    return mask(low) | static_cast<std::uint64_t>(mask(high)) << 32;
  }

  static std::uint64_t Equal(const char* p, char c) { return Equal(Load(p), Load(p + 32), c); }

  static std::uint64_t Odd(const char* p) {
    const auto mask = [](__m256i bytes) {
      // Signed: bytes from 0x80 on are below, too.
      const __m256i below = _mm256_cmpgt_epi8(All(' '), bytes);
      const __m256i others = _mm256_or_si256(_mm256_cmpeq_epi8(bytes, All(0x7F)), _mm256_cmpeq_epi8(bytes, All('\\')));
      return static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_or_si256(below, others)));
    };
    return mask(Load(p)) | static_cast<std::uint64_t>(mask(Load(p + 32))) << 32;
  }

  // Of some bytes, no two of which have the same low four bits: each at the place that these tell. The others are 1, or
  // at place 1 0, so that they are no byte's that looks them up.
  static __m128i MarksTable() { return _mm_setr_epi8(1, 0, '"', 1, 1, 1, 1, 1, 1, 1, '\n', 1, '\\', 1, 1, 1); }
  static __m128i PathStopsTable() { return _mm_setr_epi8(1, 0, 1, '#', 1, 1, 1, 1, 1, 1, 1, ';', '\\', 1, 1, '?'); }

  static std::uint64_t Marks(const char* p) {
    const auto marks = [](__m256i bytes) {
      return static_cast<std::uint32_t>(_mm256_movemask_epi8(AmongEach(bytes, MarksTable())));
    };
    return marks(Load(p)) | static_cast<std::uint64_t>(marks(Load(p + 32))) << 32;
  }

  static std::uint64_t PathStops(const char* p) {
    const auto stops = [](__m256i bytes) {
      // Signed: with 1 added, bytes from 0x7F on are below, too.
      const __m256i odd = _mm256_cmpgt_epi8(All('!'), _mm256_add_epi8(bytes, All(1)));
      const __m256i all = _mm256_or_si256(odd, AmongEach(bytes, PathStopsTable()));
      return static_cast<std::uint32_t>(_mm256_movemask_epi8(all));
    };
    return stops(Load(p)) | static_cast<std::uint64_t>(stops(Load(p + 32))) << 32;
  }

  static Structure Find(const char* p) {
    const __m256i low = Load(p);
    const __m256i high = Load(p + 32);
    return {Equal(low, high, '"'), Equal(low, high, '\n')};
  }

  static std::uint16_t* Append(std::uint64_t mask, std::uint16_t base, std::uint16_t* out) {
    return AppendPositions(mask, base, out, [](std::uint64_t left) { return _tzcnt_u64(left); });
  }

  static unsigned DigitRun(const char* p) { return RunInside(p, '0', 9); }
  static unsigned UpperRun(const char* p) { return RunInside(p, 'A', 25); }

  static bool IsWithin(const char* p, const char* low, const unsigned char* beyond) {
    const __m256i above = _mm256_sub_epi8(Load(p), Load(low));
    const __m256i within = _mm256_cmpeq_epi8(_mm256_min_epu8(above, Load(beyond)), above);
    return _mm256_movemask_epi8(within) == -1;
  }

  static bool StartsWith(const char* p, const char* literal, std::uint64_t bits) {
    const auto different = [p, literal](unsigned at) {
      return ~static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(Load(p + at), Load(literal + at))));
    };
    const auto low = static_cast<std::uint32_t>(bits);
    const auto high = static_cast<std::uint32_t>(bits >> 32);
    return (different(0) & low) == 0 && (high == 0 || (different(32) & high) == 0);
  }

 private:
  static unsigned RunInside(const char* p, char first, char more) {
    return Sse2::RunInside(p, Sse2::Load(Repeated(first)), Sse2::Load(Repeated(more)));
  }

  // 0xFF for bytes of which the table has one at the place of their low four bits. From 0x80 on there is none: the
  // shuffle gives 0.
  static __m256i AmongEach(__m256i bytes, __m128i table) {
    return _mm256_cmpeq_epi8(_mm256_shuffle_epi8(_mm256_broadcastsi128_si256(table), bytes), bytes);
  }
};

}  // namespace
}  // namespace socklog

#endif  // SOCKLOG_FORMAT_SCAN_SIMD_AVX2_H_
