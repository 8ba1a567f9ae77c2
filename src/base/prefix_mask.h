// Masks of the first bytes of a text.
#ifndef SOCKLOG_BASE_PREFIX_MASK_H_
#define SOCKLOG_BASE_PREFIX_MASK_H_

#include <array>
#include <cstddef>
#include <cstdint>

namespace socklog {

// 32 bytes, to be loaded 16 at a time: the first `size` have all bits set, the others none. Of more than 32, all have.
// REQUIRES: size <= 256
inline const std::int8_t* PrefixMask(std::size_t size) {
  // At least 256, and so that all loads for up to 32 are from one cache line.
  constexpr std::size_t kMost = 4 * 64 + 32;
  alignas(64) static constexpr std::array<std::int8_t, kMost + 32> kMask = [] {
    std::array<std::int8_t, kMost + 32> mask{};
    for (std::size_t i = 0; i < kMost; ++i) mask[i] = -1;
    return mask;
  }();
  return kMask.data() + kMost - size;
}

}  // namespace socklog

#endif  // SOCKLOG_BASE_PREFIX_MASK_H_
