// Looks at JSON text 16 bytes at a time. Every function may read up to 32 bytes from `p` on.
#ifndef SOCKLOG_FORMAT_JSON_BYTES_H_
#define SOCKLOG_FORMAT_JSON_BYTES_H_

#include <cstdint>
#include <cstring>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace socklog {

// The first byte from `p` on that is a quote, a backslash, a control byte or not ASCII. There must be one.
inline const char* FindStringSpecial(const char* p) {
#if defined(__SSE2__)
  const __m128i quote = _mm_set1_epi8('"');
  const __m128i backslash = _mm_set1_epi8('\\');
  const __m128i blank = _mm_set1_epi8(' ');
  for (;; p += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    // Bytes that are not ASCII are negative, so they are below the blank as control bytes are.
    const __m128i special = _mm_or_si128(_mm_cmplt_epi8(bytes, blank),
                                         _mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash)));
    const auto mask = static_cast<std::uint32_t>(_mm_movemask_epi8(special));
    if (mask != 0) return p + __builtin_ctz(mask);
  }
#else
  while (*p != '"' && *p != '\\' && static_cast<unsigned char>(*p) >= 0x20 && static_cast<unsigned char>(*p) < 0x80)
    ++p;
  return p;
#endif
}

// A text that others are compared with.
struct JsonToken {
  static constexpr std::size_t kMaxSize = 32;

  alignas(16) char text[kMaxSize] = {};
  std::uint32_t size = kMaxSize + 1;  // larger than kMaxSize: nothing is equal
};

inline JsonToken MakeJsonToken(std::string_view text) {
  JsonToken token;
  if (text.size() > JsonToken::kMaxSize) return token;
  std::memcpy(token.text, text.data(), text.size());
  token.size = static_cast<std::uint32_t>(text.size());
  return token;
}

// False also if the token's text was longer than kMaxSize.
inline bool StartsWith(const char* p, const JsonToken& token) {
#if defined(__SSE2__)
  const auto equal = [p, &token](int at) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p + at));
    const __m128i text = _mm_load_si128(reinterpret_cast<const __m128i*>(token.text + at));
    return static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, text)));
  };
  const std::uint64_t different = ~(equal(0) | std::uint64_t{equal(16)} << 16);
  return static_cast<std::uint32_t>(__builtin_ctzll(different)) >= token.size;
#else
  return token.size <= JsonToken::kMaxSize && std::memcmp(p, token.text, token.size) == 0;
#endif
}

}  // namespace socklog

#endif  // SOCKLOG_FORMAT_JSON_BYTES_H_
