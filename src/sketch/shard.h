// How keys are spread over the shards of a table, and what a shard holds.
#ifndef SOCKLOG_SKETCH_SHARD_H_
#define SOCKLOG_SKETCH_SHARD_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/hash.h"

namespace socklog {

inline constexpr std::size_t kShards = 64;
inline constexpr std::uint64_t kTextBytesPerKey = 64;         // on average, where a table is full
inline constexpr std::uint64_t kLargestKey = 256;             // bytes
inline constexpr std::uint64_t kLargestMaxKeys = 16'000'000;  // so that offsets of text fit 32 bits

// Fixed for ever: it decides what is evicted.
inline std::uint8_t ShardOf(std::string_view key) { return static_cast<std::uint8_t>(Hash64(key) >> 58); }

// The most that one shard of a table of `max_keys` keys holds.
struct ShardLimits {
  explicit ShardLimits(std::uint64_t max_keys)
      : keys(std::max<std::uint64_t>(1, max_keys / kShards)),
        text(std::max<std::uint64_t>(2 * kLargestKey, keys * kTextBytesPerKey)) {}

  std::uint64_t keys;
  std::uint64_t text;  // bytes
};

}  // namespace socklog

#endif  // SOCKLOG_SKETCH_SHARD_H_
