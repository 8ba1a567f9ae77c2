// Masks of the first bytes of a text.
#ifndef SOCKLOG_BASE_PREFIX_MASK_H_
#define SOCKLOG_BASE_PREFIX_MASK_H_

#include <array>
#include <cstddef>
#include <cstdint>

namespace socklog {

// 32 bytes, to be loaded 16 at a time: the first `size` have all bits set, the others none. REQUIRES: size <= 32
inline const std::int8_t* PrefixMask(std::size_t size) {
  alignas(64) static constexpr std::array<std::int8_t, 64> kMask = [] {
    std::array<std::int8_t, 64> mask{};
    for (std::size_t i = 0; i < 32; ++i) mask[i] = -1;
    return mask;
  }();
  return kMask.data() + 32 - size;
}

}  // namespace socklog

#endif  // SOCKLOG_BASE_PREFIX_MASK_H_
