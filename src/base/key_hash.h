// The hash by which keys are looked up: fast for short texts, and with a seed that an attacker cannot know.
#ifndef SOCKLOG_BASE_KEY_HASH_H_
#define SOCKLOG_BASE_KEY_HASH_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/hash.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace socklog {

// The same text has the same hash within one process. As wyhash, it multiplies and folds 128 bits of
// sixteen bytes each, of longer texts four at a time that do not wait for each other; every factor is masked by a
// secret. Immutable, thread-safe.
class KeyHash {
 public:
  KeyHash() {
    SplitMix64 random(RandomSeed());
    for (std::uint64_t& secret : secrets_) secret = random.Next();
  }

  // Reads up to 64 bytes behind `text`: it must be padded, as what is in a Block or a TextArena is.
  std::uint64_t operator()(std::string_view text) const {
    const char* p = text.data();
    std::size_t left = text.size();
    std::uint64_t state = text.size();
    if (left == 0) return Finish(state);  // there may be no bytes at all to look at
    // Not told apart from up to 16: which of the two a key is can hardly be predicted.
    if (left <= 32) return Fold(p, left, 16, state ^ Fold(p, left, 0));
    for (; left > 64; left -= 64, p += 64) state = Finish(state ^ Fold4(p, 64));
    return Finish(state ^ Fold4(p, left));
  }

 private:
  struct Halves {
    std::uint64_t low, high;
  };

  // Bytes i .. i+15 of a text of `left` bytes; zeros behind it.
  static Halves Load(const char* p, std::size_t left, std::size_t i) {
    Halves halves{};
#ifdef __SSE2__
    alignas(64) static constexpr std::array<std::int8_t, 128> kMask = [] {
      std::array<std::int8_t, 128> mask{};
      for (std::size_t k = 0; k < 64; ++k) mask[k] = -1;
      return mask;
    }();
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p + i));
    const __m128i mask = _mm_loadu_si128(reinterpret_cast<const __m128i*>(kMask.data() + 64 - left + i));
    const __m128i text = _mm_and_si128(bytes, mask);
    halves.low = static_cast<std::uint64_t>(_mm_cvtsi128_si64(text));
    halves.high = static_cast<std::uint64_t>(_mm_cvtsi128_si64(_mm_unpackhi_epi64(text, text)));
#else
    if (left > i) std::memcpy(&halves, p + i, left - i < sizeof(halves) ? left - i : sizeof(halves));
#endif
    return halves;
  }

  std::uint64_t Fold(const char* p, std::size_t left, std::size_t i, std::uint64_t before = 0) const {
    const Halves halves = Load(p, left, i);
    return hash_internal::MultiplyFold(halves.low ^ secrets_[i / 8] ^ before, halves.high ^ secrets_[i / 8 + 1]);
  }
  std::uint64_t Fold4(const char* p, std::size_t left) const {
    return Fold(p, left, 0) ^ Fold(p, left, 16) ^ Fold(p, left, 32) ^ Fold(p, left, 48);
  }
  std::uint64_t Finish(std::uint64_t state) const {
    return hash_internal::MultiplyFold(state ^ secrets_[8], secrets_[9]);
  }

  std::array<std::uint64_t, 10> secrets_{};
};

}  // namespace socklog

#endif  // SOCKLOG_BASE_KEY_HASH_H_
