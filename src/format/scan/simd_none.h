// A byte at a time, on any processor; and what the others are tested against.
#ifndef SOCKLOG_FORMAT_SCAN_SIMD_NONE_H_
#define SOCKLOG_FORMAT_SCAN_SIMD_NONE_H_

#include <cstdint>

#include "format/scan/bits.h"

namespace socklog {
namespace {

struct NoSimd {
  static std::uint64_t Equal(const char* p, char c) {
    std::uint64_t mask = 0;
    for (int i = 0; i < 64; ++i) mask |= static_cast<std::uint64_t>(p[i] == c) << i;
    return mask;
  }

  static Structure Find(const char* p) { return {Equal(p, '"'), Equal(p, '\n'), Equal(p, '\\')}; }

  static std::uint16_t* Append(std::uint64_t mask, std::uint16_t base, std::uint16_t* out) {
    return AppendPositions(mask, base, out);
  }

  static unsigned DigitRun(const char* p) { return RunInside(p, '0', '9'); }
  static unsigned UpperRun(const char* p) { return RunInside(p, 'A', 'Z'); }

  static bool EqualMasked(const char* p, const char* key, const char* mask) {
    int different = 0;
    for (int i = 0; i < 32; ++i) different |= (p[i] ^ key[i]) & mask[i];
    return different == 0;
  }

 private:
  static unsigned RunInside(const char* p, char first, char last) {
    unsigned run = 0;
    while (run < 16 && p[run] >= first && p[run] <= last) ++run;
    return run;
  }
};

}  // namespace
}  // namespace socklog

#endif  // SOCKLOG_FORMAT_SCAN_SIMD_NONE_H_
