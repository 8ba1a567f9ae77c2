// 16 bytes at a time: what every x86-64 processor has.
#ifndef SOCKLOG_FORMAT_SCAN_SIMD_SSE2_H_
#define SOCKLOG_FORMAT_SCAN_SIMD_SSE2_H_

#include <emmintrin.h>

#include <cstdint>

#include "format/scan/bits.h"

namespace socklog {
namespace {

struct Sse2 {
  static __m128i Load(const void* p) { return _mm_loadu_si128(static_cast<const __m128i*>(p)); }
  static std::uint64_t Mask(__m128i matches) { return static_cast<std::uint32_t>(_mm_movemask_epi8(matches)); }

  static std::uint64_t Equal(const char* p, char c) {
    const __m128i wanted = _mm_set1_epi8(c);
    std::uint64_t mask = 0;
    for (int i = 0; i < 4; ++i) mask |= Mask(_mm_cmpeq_epi8(Load(p + 16 * i), wanted)) << (16 * i);
    return mask;
  }

  static std::uint64_t Odd(const char* p) { return MaskOf(p, OddOf); }

  static std::uint64_t Marks(const char* p) {
    return MaskOf(p, [](__m128i bytes) { return _mm_or_si128(AnyOf(bytes, '"', '\n'), Is(bytes, '\\')); });
  }

  static std::uint64_t PathStops(const char* p) {
    return MaskOf(p, [](__m128i bytes) {
      return _mm_or_si128(OddOf(bytes), _mm_or_si128(AnyOf(bytes, '?', '#'), Is(bytes, ';')));
    });
  }

  static Structure Find(const char* p) {
    Structure found;
    for (int i = 0; i < 4; ++i) {
      const __m128i bytes = Load(p + 16 * i);
      found.quotes |= Mask(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'))) << (16 * i);
      found.newlines |= Mask(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\n'))) << (16 * i);
    }
    return found;
  }

  static std::uint16_t* Append(std::uint64_t mask, std::uint16_t base, std::uint16_t* out) {
    return AppendPositions(mask, base, out);
  }

  static unsigned DigitRun(const char* p) { return RunInside(p, _mm_set1_epi8('0'), _mm_set1_epi8(9)); }
  static unsigned UpperRun(const char* p) { return RunInside(p, _mm_set1_epi8('A'), _mm_set1_epi8(25)); }
  // How many of the first 16 bytes, up to the first other one, are `first` or one of the `more` after it.
  static unsigned RunInside(const char* p, __m128i first, __m128i more) {
    const __m128i shifted = _mm_sub_epi8(Load(p), first);
    const __m128i inside = _mm_cmpeq_epi8(_mm_min_epu8(shifted, more), shifted);
    return static_cast<unsigned>(__builtin_ctzll(~Mask(inside)));
  }

  static bool IsWithin(const char* p, const char* low, const unsigned char* beyond) {
    const auto within = [=](int at) {
      const __m128i above = _mm_sub_epi8(Load(p + at), Load(low + at));
      return _mm_cmpeq_epi8(_mm_min_epu8(above, Load(beyond + at)), above);
    };
    return Mask(_mm_and_si128(within(0), within(16))) == 0xFFFF;
  }

  static bool StartsWith(const char* p, const char* literal, std::uint64_t bits) {
    for (; bits != 0; bits >>= 16, p += 16, literal += 16) {
      if ((~Mask(_mm_cmpeq_epi8(Load(p), Load(literal))) & bits & 0xFFFF) != 0) return false;
    }
    return true;
  }

 private:
  static __m128i Is(__m128i bytes, char c) { return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c)); }
  static __m128i AnyOf(__m128i bytes, char a, char b) { return _mm_or_si128(Is(bytes, a), Is(bytes, b)); }
  static __m128i OddOf(__m128i bytes) {
    // Signed: bytes from 0x80 on are below, too.
    return _mm_or_si128(_mm_cmplt_epi8(bytes, _mm_set1_epi8(' ')), AnyOf(bytes, 0x7F, '\\'));
  }
  template <typename Which>
  static std::uint64_t MaskOf(const char* p, const Which& which) {
    std::uint64_t mask = 0;
    for (int i = 0; i < 4; ++i) mask |= Mask(which(Load(p + 16 * i))) << (16 * i);
    return mask;
  }
};

}  // namespace
}  // namespace socklog

#endif  // SOCKLOG_FORMAT_SCAN_SIMD_SSE2_H_
