// Hashes: a fixed one for what leaves the process or decides results, a seeded one for look-up tables.
#ifndef SOCKLOG_BASE_HASH_H_
#define SOCKLOG_BASE_HASH_H_

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace socklog {

namespace hash_internal {

__extension__ using Uint128 = unsigned __int128;

inline constexpr std::uint64_t kPrime0 = 0xa0761d6478bd642fULL;
inline constexpr std::uint64_t kPrime1 = 0xe7037ed1a0b428dbULL;
inline constexpr std::uint64_t kPrime2 = 0x8ebc6af09c88c6e3ULL;

inline std::uint64_t MultiplyFold(std::uint64_t a, std::uint64_t b) {
  const Uint128 product = static_cast<Uint128>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

// An unsigned integer of so many bytes, little-endian on every machine.
template <typename Integer>
std::uint64_t LoadWhole(const char* p) {
  if constexpr (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__) {
    Integer value;
    std::memcpy(&value, p, sizeof(value));
    return value;
  }
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < sizeof(Integer); ++i)
    value |= static_cast<std::uint64_t>(static_cast<unsigned char>(p[i])) << (8 * i);
  return value;
}

// The value of the `n` first bytes, at most 8. Bytes that are loaded twice land at the same place.
inline std::uint64_t Load(const char* p, std::size_t n) {
  if (n >= 8) return LoadWhole<std::uint64_t>(p);
  if (n >= 4) return LoadWhole<std::uint32_t>(p) | LoadWhole<std::uint32_t>(p + n - 4) << (8 * (n - 4));
  if (n == 0) return 0;
  const auto byte = [p](std::size_t i) { return LoadWhole<std::uint8_t>(p + i) << (8 * i); };
  return byte(0) | byte(n / 2) | byte(n - 1);
}

}  // namespace hash_internal

// 64 bits, the same on every machine and in every version: shards of keys, check sums of snapshots. The wyhash
// construction (multiply and fold 128 bits); not safe against an attacker who picks keys, so look-up tables mix in
// RandomSeed().
inline std::uint64_t Hash64(std::string_view bytes, std::uint64_t seed = 0) {
  using namespace hash_internal;  // NOLINT(google-build-using-namespace): of this file
  const char* p = bytes.data();
  std::size_t rest = bytes.size();
  std::uint64_t state = seed ^ kPrime0;
  while (rest > 16) {
    state = MultiplyFold(Load(p, 8) ^ kPrime1, Load(p + 8, 8) ^ state);
    p += 16;
    rest -= 16;
  }
  const std::uint64_t a = Load(p, rest < 8 ? rest : 8);
  const std::uint64_t b = rest > 8 ? Load(p + 8, rest - 8) : 0;
  return MultiplyFold(kPrime1 ^ bytes.size(), MultiplyFold(a ^ kPrime1, b ^ state ^ kPrime2));
}

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
