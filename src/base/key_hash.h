// The hash by which keys are looked up: fast for short texts, and with a seed that an attacker cannot know.
#ifndef SOCKLOG_BASE_KEY_HASH_H_
#define SOCKLOG_BASE_KEY_HASH_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/hash.h"
#include "base/prefix_mask.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace socklog {

// The same text has the same hash within one process. As wyhash, it multiplies and folds 128 bits of sixteen bytes
// each; every factor is masked by a secret. Immutable, thread-safe.
class KeyHash {
 public:
  KeyHash() {
    SplitMix64 random(RandomSeed());
    for (std::uint64_t& secret : secrets_) secret = random.Next();
  }

  // Reads up to 32 bytes behind `text`: it must be padded, as what is in a Block or a TextArena is.
  std::uint64_t operator()(std::string_view text) const {
    const char* p = text.data();
    std::size_t left = text.size();
    if (left == 0) return 0;  // there may be no bytes at all to look at
    std::uint64_t state = 0;
    for (; left > 32; left -= 32, p += 32) state = Fold(LoadWhole(p), 0, state) ^ Fold(LoadWhole(p + 16), 2, 0);
    // Up to 16 and more bytes are not told apart: which of the two a key has can hardly be predicted.
    return text.size() ^ Fold(Load(p, left, 16), 2, Fold(Load(p, left, 0), 0, state));
  }

 private:
  struct Halves {
    std::uint64_t low, high;
  };

  static Halves LoadWhole(const char* p) {
    Halves halves;
    std::memcpy(&halves, p, sizeof(halves));
    return halves;
  }

  // Bytes i .. i+15 of a text of `left` bytes, at most 32; zeros behind it.
  static Halves Load(const char* p, std::size_t left, std::size_t i) {
    Halves halves{};
#ifdef __SSE2__
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p + i));
    const __m128i mask = _mm_loadu_si128(reinterpret_cast<const __m128i*>(PrefixMask(left) + i));
    const __m128i text = _mm_and_si128(bytes, mask);
    halves.low = static_cast<std::uint64_t>(_mm_cvtsi128_si64(text));
    halves.high = static_cast<std::uint64_t>(_mm_cvtsi128_si64(_mm_unpackhi_epi64(text, text)));
#else
    if (left > i) std::memcpy(&halves, p + i, left - i < sizeof(halves) ? left - i : sizeof(halves));
#endif
    return halves;
  }

  std::uint64_t Fold(const Halves& halves, std::size_t secret, std::uint64_t state) const {
    return hash_internal::MultiplyFold(halves.low ^ secrets_[secret] ^ state, halves.high ^ secrets_[secret + 1]);
  }

  std::array<std::uint64_t, 4> secrets_{};
};

}  // namespace socklog

#endif  // SOCKLOG_BASE_KEY_HASH_H_
