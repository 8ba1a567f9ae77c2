// Masks of 64 bytes: bit i tells something of byte i.
#ifndef SOCKLOG_FORMAT_SCAN_BITS_H_
#define SOCKLOG_FORMAT_SCAN_BITS_H_

#include <cstdint>

namespace socklog {
namespace {

// What each instruction set's wrapper gives to the scanner (lines.h). All functions read the bytes from `p` on that
// their names or comments say, and nothing else.
//
//   Structure Find(p)                 64 bytes
//   uint64_t Equal(p, c)              64 bytes: which are c
//   uint64_t Odd(p)                   64 bytes: which are not plain (base/byte_scan.h)
//   uint64_t Marks(p)                 64 bytes: which are '"', '\n' or '\\'
//   uint64_t PathStops(p)             64 bytes: which are odd, '?', '#' or ';'
//   uint16_t* Append(mask, base, out) base + i for each bit i of the mask, in order; may write 64 positions.
//                                     Returns the end of those that count.
//   unsigned DigitRun(p)              16 bytes: how many digits there are before the first other byte; 16 if all are
//   unsigned UpperRun(p)              16 bytes: capital letters, likewise
//   bool IsWithin(p, low, beyond)     32 bytes: whether all are low[i] .. low[i] + beyond[i], as unsigned numbers
//   bool StartsWith(p, literal, bits) 64 bytes of both: whether those are the same of which the bit is set, some from
//                                     the first on
struct Structure {
  std::uint64_t quotes = 0;
  std::uint64_t newlines = 0;
};

// Append; fast for up to four bits. `first_bit`: the place of a mask's first bit; anything if there is none.
template <typename FirstBit>
inline std::uint16_t* AppendPositions(std::uint64_t mask, std::uint16_t base, std::uint16_t* out,
                                      const FirstBit& first_bit) {
  std::uint16_t* const end = out + __builtin_popcountll(mask);
  do {
    for (int i = 0; i < 4; ++i) {
      *out++ = static_cast<std::uint16_t>(base + first_bit(mask));
      mask &= mask - 1;
    }
  } while (mask != 0);
  return end;
}

// The same without special instructions.
inline std::uint16_t* AppendPositions(std::uint64_t mask, std::uint16_t base, std::uint16_t* out) {
  return AppendPositions(mask, base, out,
                         [](std::uint64_t left) { return __builtin_ctzll(left | std::uint64_t{1} << 63); });
}

}  // namespace
}  // namespace socklog

#endif  // SOCKLOG_FORMAT_SCAN_BITS_H_
