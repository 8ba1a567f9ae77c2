#include "format/escape.h"

#include <algorithm>
#include <cstdint>

namespace socklog {
namespace {

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The value of `digits` hexadecimal digits at `at`, or -1.
int HexNumber(std::string_view text, std::size_t at, std::size_t digits) {
  if (at > text.size() || digits > text.size() - at) return -1;
  int value = 0;
  for (std::size_t i = at; i < at + digits; ++i) {
    const int digit = HexDigit(text[i]);
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

void AppendUtf8(std::uint32_t code, std::string* out) {
  const auto put = [out](std::uint32_t byte) { out->push_back(static_cast<char>(byte)); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | code >> 6);
    put(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    put(0xE0 | code >> 12);
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  } else {
    put(0xF0 | code >> 18);
    put(0x80 | (code >> 12 & 0x3F));
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  }
}

// \uXXXX at `at` (its backslash), with a second one where the first is half of a surrogate pair. Returns the bytes
// read, 0: none.
std::size_t UnescapeUnicode(std::string_view text, std::size_t at, std::string* out) {
  const int first = HexNumber(text, at + 2, 4);
  if (first < 0) return 0;
  auto code = static_cast<std::uint32_t>(first);
  std::size_t size = 6;
  if (code >= 0xD800 && code < 0xE000) {
    const bool pair = code < 0xDC00 && text.substr(at + 6, 2) == "\\u";
    const int second = pair ? HexNumber(text, at + 8, 4) : -1;
    if (second >= 0xDC00 && second < 0xE000) {
      code = 0x10000 + ((code - 0xD800) << 10) + (static_cast<std::uint32_t>(second) - 0xDC00);
      size = 12;
    } else {
      code = 0xFFFD;
    }
  }
  AppendUtf8(code, out);
  return size;
}

// The byte that a one-letter escape stands for, or -1.
int SimpleEscape(char letter, Escape escape) {
  switch (letter) {
    case '"':
      return '"';
    case '\\':
      return '\\';
    case 'n':
      return '\n';
    case 't':
      return '\t';
    case 'r':
      return '\r';
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'v':
      return escape == Escape::kJson ? -1 : '\v';
    case 'a':
      return escape == Escape::kJson ? -1 : '\a';
    case '/':
      return escape == Escape::kJson ? '/' : -1;
    default:
      return -1;
  }
}

// Appends what the backslash at `at` begins; returns the bytes read.
std::size_t UnescapeOne(std::string_view text, std::size_t at, Escape escape, std::string* out) {
  if (at + 1 < text.size()) {
    const char letter = text[at + 1];
    if (const int byte = SimpleEscape(letter, escape); byte >= 0) {
      out->push_back(static_cast<char>(byte));
      return 2;
    }
    if (letter == 'x') {
      if (const int byte = HexNumber(text, at + 2, 2); byte >= 0) {
        out->push_back(static_cast<char>(byte));
        return 4;
      }
    }
    if (letter == 'u' && escape == Escape::kJson) {
      if (const std::size_t size = UnescapeUnicode(text, at, out); size > 0) return size;
    }
  }
  out->push_back('\\');
  return 1;
}

constexpr const char* kLowerHex = "0123456789abcdef";
constexpr const char* kUpperHex = "0123456789ABCDEF";

// The letter of a one-letter escape that the server writes for `byte`, or 0.
char LetterFor(unsigned char byte, Escape escape) {
  switch (byte) {
    case '"':
      return '"';
    case '\\':
      return '\\';
    case '\n':
      return 'n';
    case '\t':
      return 't';
    case '\r':
      return 'r';
    case '\b':
      return 'b';
    case '\v':
      return escape == Escape::kApache ? 'v' : '\0';
    case '\f':
      return escape == Escape::kJson ? 'f' : '\0';
    default:
      return '\0';
  }
}

bool NeedsEscape(unsigned char byte, Escape escape) {
  if (byte == '"' || byte == '\\' || byte < 0x20) return true;
  return byte >= 0x7F && escape != Escape::kJson;
}

// Returns the end of what it put at `at`.
char* PutEscaped(char c, Escape escape, char* at) {
  const auto byte = static_cast<unsigned char>(c);
  if (!NeedsEscape(byte, escape)) {
    *at++ = c;
    return at;
  }
  *at++ = '\\';
  const char letter = escape == Escape::kNginx ? '\0' : LetterFor(byte, escape);
  if (letter != '\0') {
    *at++ = letter;
    return at;
  }
  const std::string_view prefix = escape == Escape::kJson ? "u00" : "x";
  at = std::copy(prefix.begin(), prefix.end(), at);
  const char* digits = escape == Escape::kApache ? kLowerHex : kUpperHex;
  *at++ = digits[byte >> 4];
  *at++ = digits[byte & 15];
  return at;
}

}  // namespace

void AppendUnescaped(std::string_view text, Escape escape, std::string* out) {
  if (escape == Escape::kNone) {
    out->append(text);
    return;
  }
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t next = text.find('\\', at);
    out->append(text.substr(at, next - at));
    if (next == std::string_view::npos) return;
    at = next + UnescapeOne(text, next, escape, out);
  }
}

void AppendEscaped(std::string_view text, Escape escape, TextBuffer* out) {
  if (escape == Escape::kNone) {
    out->Append(text);
    return;
  }
  constexpr std::size_t kLongest = 6;  // \u0001
  char* const begin = out->Room(kLongest * text.size());
  char* end = begin;
  for (const char c : text) end = PutEscaped(c, escape, end);
  out->Grow(static_cast<std::size_t>(end - begin));
}

}  // namespace socklog
