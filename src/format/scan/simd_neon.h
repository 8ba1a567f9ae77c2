// 16 bytes at a time, on 64-bit ARM.
#ifndef SOCKLOG_FORMAT_SCAN_SIMD_NEON_H_
#define SOCKLOG_FORMAT_SCAN_SIMD_NEON_H_

#include <arm_neon.h>

#include <cstdint>

#include "format/scan/bits.h"

namespace socklog {
namespace {

struct Neon {
  static uint8x16_t Load(const char* p) { return vld1q_u8(reinterpret_cast<const std::uint8_t*>(p)); }

  // A bit of each byte of four comparisons: pairs are added until each byte is made of eight.
  static std::uint64_t Mask(uint8x16_t a, uint8x16_t b, uint8x16_t c, uint8x16_t d) {
    const uint8x16_t bits = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    const uint8x16_t ab = vpaddq_u8(vandq_u8(a, bits), vandq_u8(b, bits));
    const uint8x16_t cd = vpaddq_u8(vandq_u8(c, bits), vandq_u8(d, bits));
    const uint8x16_t all = vpaddq_u8(ab, cd);
    return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(all, all)), 0);
  }

  static std::uint64_t Equal(const char* p, char c) {
    const uint8x16_t wanted = vdupq_n_u8(static_cast<std::uint8_t>(c));
    return Mask(vceqq_u8(Load(p), wanted), vceqq_u8(Load(p + 16), wanted), vceqq_u8(Load(p + 32), wanted),
                vceqq_u8(Load(p + 48), wanted));
  }

  static std::uint64_t Odd(const char* p) {
    const auto odd = [](uint8x16_t bytes) {
      const uint8x16_t beyond = vcgtq_u8(vsubq_u8(bytes, vdupq_n_u8(' ')), vdupq_n_u8('~' - ' '));
      return vorrq_u8(beyond, vceqq_u8(bytes, vdupq_n_u8('\\')));
    };
    return Mask(odd(Load(p)), odd(Load(p + 16)), odd(Load(p + 32)), odd(Load(p + 48)));
  }

  static Structure Find(const char* p) { return {Equal(p, '"'), Equal(p, '\n'), Equal(p, '\\')}; }

  static std::uint16_t* Append(std::uint64_t mask, std::uint16_t base, std::uint16_t* out) {
    return AppendPositions(mask, base, out);
  }

  static unsigned DigitRun(const char* p) { return RunInside(p, '0', 9); }
  static unsigned UpperRun(const char* p) { return RunInside(p, 'A', 25); }

  static bool EqualMasked(const char* p, const char* key, const char* mask) {
    const uint8x16_t low = vandq_u8(veorq_u8(Load(p), Load(key)), Load(mask));
    const uint8x16_t high = vandq_u8(veorq_u8(Load(p + 16), Load(key + 16)), Load(mask + 16));
    return vmaxvq_u8(vorrq_u8(low, high)) == 0;
  }

  static bool StartsWith(const char* p, const char* literal, std::uint64_t bits) {
    auto size = static_cast<unsigned>(__builtin_popcountll(bits));
    for (; size > 16; size -= 16, p += 16, literal += 16) {
      if (vminvq_u8(vceqq_u8(Load(p), Load(literal))) == 0) return false;
    }
    return ~NibbleMask(vceqq_u8(Load(p), Load(literal))) << (64 - 4 * size) == 0;
  }

 private:
  // Four bits of each byte of a comparison.
  static std::uint64_t NibbleMask(uint8x16_t matches) {
    const uint8x8_t narrow = vshrn_n_u16(vreinterpretq_u16_u8(matches), 4);
    return vget_lane_u64(vreinterpret_u64_u8(narrow), 0);
  }

  // How many of the first 16 bytes, up to the first other one, are `first` or one of the `more` after it.
  static unsigned RunInside(const char* p, std::uint8_t first, std::uint8_t more) {
    const uint8x16_t inside = vcleq_u8(vsubq_u8(Load(p), vdupq_n_u8(first)), vdupq_n_u8(more));
    const std::uint64_t others = ~NibbleMask(inside);
    return others == 0 ? 16 : static_cast<unsigned>(__builtin_ctzll(others)) / 4;
  }
};

}  // namespace
}  // namespace socklog

#endif  // SOCKLOG_FORMAT_SCAN_SIMD_NEON_H_
