#include "base/hash.h"

#include <cstring>
#include <random>

namespace socklog {
namespace {

__extension__ using Uint128 = unsigned __int128;

constexpr std::uint64_t kPrime0 = 0xa0761d6478bd642fULL;
constexpr std::uint64_t kPrime1 = 0xe7037ed1a0b428dbULL;
constexpr std::uint64_t kPrime2 = 0x8ebc6af09c88c6e3ULL;

std::uint64_t MultiplyFold(std::uint64_t a, std::uint64_t b) {
  const Uint128 product = static_cast<Uint128>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

// The value of the `n` first bytes (at most 8), little-endian on every machine.
std::uint64_t Load(const char* p, std::size_t n) {
  if constexpr (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__) {
    if (n == 8) {
      std::uint64_t value;
      std::memcpy(&value, p, 8);
      return value;
    }
  }
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < n; ++i) value |= static_cast<std::uint64_t>(static_cast<unsigned char>(p[i])) << (8 * i);
  return value;
}

}  // namespace

std::uint64_t Hash64(std::string_view bytes, std::uint64_t seed) {
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

std::string Hash128Hex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  for (const std::uint64_t half : {Hash64(bytes, 1), Hash64(bytes, 2)}) {
    for (int shift = 60; shift >= 0; shift -= 4) hex += kDigits[(half >> shift) & 15];
  }
  return hex;
}

std::uint64_t RandomSeed() {
  static const std::uint64_t seed = [] {
    std::random_device device;
    return (static_cast<std::uint64_t>(device()) << 32) | device();
  }();
  return seed;
}

std::uint64_t SplitMix64::Next() {
  std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

double SplitMix64::NextDouble() { return static_cast<double>(Next() >> 11) * 0x1.0p-53; }

std::uint64_t SplitMix64::Below(std::uint64_t bound) {
  return static_cast<std::uint64_t>((static_cast<Uint128>(Next()) * bound) >> 64);
}

}  // namespace socklog
