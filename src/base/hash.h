// Hashes: a fixed one for what leaves the process or decides results, a seeded one for look-up tables.
#ifndef SOCKLOG_BASE_HASH_H_
#define SOCKLOG_BASE_HASH_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace socklog {

// 64 bits, the same on every machine and in every version: shards of keys, check sums of snapshots. The wyhash
// construction (multiply and fold 128 bits); not safe against an attacker who picks keys, so look-up tables mix in
// RandomSeed().
std::uint64_t Hash64(std::string_view bytes, std::uint64_t seed = 0);

// 128 bits as 32 hex digits, the same for ever: fingerprints, ids, the identity of a file. Two independent Hash64.
std::string Hash128Hex(std::string_view bytes);

// A seed that an attacker cannot know; drawn once per process.
std::uint64_t RandomSeed();

// SplitMix64 (Steele, Lea, Flood 2014): a small deterministic generator of random numbers.
class SplitMix64 {
 public:
  explicit SplitMix64(std::uint64_t seed) : state_(seed) {}
  std::uint64_t Next();
  // Uniform in [0, 1).
  double NextDouble();
  // Uniform in 0 .. bound-1. REQUIRES: bound > 0
  std::uint64_t Below(std::uint64_t bound);

 private:
  std::uint64_t state_;
};

}  // namespace socklog

#endif  // SOCKLOG_BASE_HASH_H_
