// 16 bytes at a time, on 64-bit ARM.
#ifndef SOCKLOG_FORMAT_SCAN_SIMD_NEON_H_
#define SOCKLOG_FORMAT_SCAN_SIMD_NEON_H_

#include <arm_neon.h>

#include <cstdint>

#include "format/scan/bits.h"

namespace socklog {
namespace {

struct Neon {
  static uint8x16_t Load(const void* p) { return vld1q_u8(static_cast<const std::uint8_t*>(p)); }

  // A bit of each byte of four comparisons: pairs are added until each byte is made of eight.
  static std::uint64_t Mask(uint8x16_t a, uint8x16_t b, uint8x16_t c, uint8x16_t d) {
    const uint8x16_t bits = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    const uint8x16_t ab = vpaddq_u8(vandq_u8(a, bits), vandq_u8(b, bits));
    const uint8x16_t cd = vpaddq_u8(vandq_u8(c, bits), vandq_u8(d, bits));
    const uint8x16_t all = vpaddq_u8(ab, cd);
    return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(all, all)), 0);
  }

  static std::uint64_t Equal(const char* p, char c) {
    return MaskOf(p, [c](uint8x16_t bytes) { return Is(bytes, c); });
  }

  static std::uint64_t Odd(const char* p) { return MaskOf(p, OddOf); }

  static std::uint64_t Marks(const char* p) {
    return MaskOf(p, [](uint8x16_t bytes) { return vorrq_u8(AnyOf(bytes, '"', '\n'), Is(bytes, '\\')); });
  }

  static std::uint64_t PathStops(const char* p) {
    return MaskOf(
        p, [](uint8x16_t bytes) { return vorrq_u8(OddOf(bytes), vorrq_u8(AnyOf(bytes, '?', '#'), Is(bytes, ';'))); });
  }

  static Structure Find(const char* p) { return {Equal(p, '"'), Equal(p, '\n')}; }

  static std::uint16_t* Append(std::uint64_t mask, std::uint16_t base, std::uint16_t* out) {
    return AppendPositions(mask, base, out);
  }

  static unsigned DigitRun(const char* p) { return RunInside(p, '0', 9); }
  static unsigned UpperRun(const char* p) { return RunInside(p, 'A', 25); }

  static bool IsWithin(const char* p, const char* low, const unsigned char* beyond) {
    const auto within = [=](int at) { return vcleq_u8(vsubq_u8(Load(p + at), Load(low + at)), Load(beyond + at)); };
    return vminvq_u8(vandq_u8(within(0), within(16))) != 0;
  }

  static bool StartsWith(const char* p, const char* literal, std::uint64_t bits) {
    auto size = static_cast<unsigned>(__builtin_popcountll(bits));
    for (; size > 16; size -= 16, p += 16, literal += 16) {
      if (vminvq_u8(vceqq_u8(Load(p), Load(literal))) == 0) return false;
    }
    return ~NibbleMask(vceqq_u8(Load(p), Load(literal))) << (64 - 4 * size) == 0;
  }

 private:
  static uint8x16_t Is(uint8x16_t bytes, char c) { return vceqq_u8(bytes, vdupq_n_u8(static_cast<std::uint8_t>(c))); }
  static uint8x16_t AnyOf(uint8x16_t bytes, char a, char b) { return vorrq_u8(Is(bytes, a), Is(bytes, b)); }
  static uint8x16_t OddOf(uint8x16_t bytes) {
    const uint8x16_t beyond = vcgtq_u8(vsubq_u8(bytes, vdupq_n_u8(' ')), vdupq_n_u8('~' - ' '));
    return vorrq_u8(beyond, Is(bytes, '\\'));
  }
  template <typename Which>
  static std::uint64_t MaskOf(const char* p, const Which& which) {
    return Mask(which(Load(p)), which(Load(p + 16)), which(Load(p + 32)), which(Load(p + 48)));
  }

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
