#include "base/address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace socklog {
namespace {

constexpr std::size_t kLongestText = INET6_ADDRSTRLEN;

void ClearBitsFrom(int bits, std::array<std::uint8_t, 16>* bytes) {
  for (int i = 0; i < 16; ++i) {
    const int kept = std::clamp(bits - 8 * i, 0, 8);
    (*bytes)[static_cast<std::size_t>(i)] &= static_cast<std::uint8_t>(0xff00 >> kept);
  }
}

// Bit i of each tells of byte i of a text.
struct ByteKinds {
  std::uint64_t colons = 0;
  std::uint64_t zeros = 0;
  std::uint64_t digits = 0;  // with zeros
  std::uint64_t lower = 0;   // a .. f
  std::uint64_t upper = 0;   // A .. F
};

// REQUIRES: at most kLongestText bytes, padded
ByteKinds KindsOf(std::string_view text) {
  ByteKinds kinds;
#ifdef __SSE2__
  for (std::size_t at = 0; at < text.size(); at += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + at));
    const auto bits = [at](__m128i matches) { return static_cast<std::uint64_t>(_mm_movemask_epi8(matches)) << at; };
    const auto range = [bytes, bits](char first, char last) {
      const __m128i above = _mm_sub_epi8(bytes, _mm_set1_epi8(first));
      return bits(_mm_cmpeq_epi8(_mm_min_epu8(above, _mm_set1_epi8(static_cast<char>(last - first))), above));
    };
    kinds.colons |= bits(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(':')));
    kinds.zeros |= bits(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('0')));
    kinds.digits |= range('0', '9');
    kinds.lower |= range('a', 'f');
    kinds.upper |= range('A', 'F');
  }
#else
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    const auto bit = [at](bool is) { return std::uint64_t{is} << at; };
    kinds.colons |= bit(c == ':');
    kinds.zeros |= bit(c == '0');
    kinds.digits |= bit(c >= '0' && c <= '9');
    kinds.lower |= bit(c >= 'a' && c <= 'f');
    kinds.upper |= bit(c >= 'A' && c <= 'F');
  }
#endif
  return kinds;
}

// How servers write nearly every IPv6 address: the size of its first four groups, where these are all there and as
// inet_ntop would write them. 0 for any other text. REQUIRES: it is padded
std::size_t NetworkSize(std::string_view text) {
  if (text.empty() || text.size() > kLongestText) return 0;
  const ByteKinds kinds = KindsOf(text);
  const std::uint64_t inside = ~std::uint64_t{0} >> (64 - text.size());
  const std::uint64_t colons = kinds.colons & inside;
  const std::uint64_t digits = (kinds.digits | kinds.lower | kinds.upper) & inside;
  const std::uint64_t pairs = digits & digits << 1;
  const bool long_group = (pairs & pairs << 2 & digits << 4) != 0;
  std::uint64_t rest = colons;
  for (int i = 0; i < 3; ++i) rest &= rest - 1;
  if ((colons | digits) != inside || long_group || rest == 0 || (colons >> (text.size() - 1)) != 0) return 0;
  const auto network = static_cast<std::size_t>(std::countr_zero(rest));  // the fourth colon ends it
  const std::uint64_t first = (std::uint64_t{1} << network) - 1;
  const std::uint64_t starts = (colons << 1 | 1) & (first << 1 | 1);
  const std::uint64_t doubles = colons & colons << 1;  // the second ones of "::"
  if ((starts & (kinds.zeros | colons)) != 0 || (kinds.upper & first) != 0 || (doubles & (doubles - 1)) != 0) return 0;
  const int groups = std::popcount(colons) + 1 - std::popcount(doubles);
  return (doubles != 0 ? groups <= 7 : groups == 8) ? network : 0;
}

}  // namespace

std::optional<Address> ParseAddress(std::string_view text) {
  static constexpr std::array<std::uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (text.empty() || text.size() >= kLongestText) return std::nullopt;
  std::array<char, kLongestText> buffer{};
  std::copy(text.begin(), text.end(), buffer.begin());
  if (std::memchr(text.data(), '\0', text.size()) != nullptr) return std::nullopt;
  Address address;
  if (inet_pton(AF_INET, buffer.data(), address.bytes.data() + 12) == 1) {
    std::copy(kMapped.begin(), kMapped.end(), address.bytes.begin());
    address.is_v4 = true;
    return address;
  }
  if (inet_pton(AF_INET6, buffer.data(), address.bytes.data()) != 1) return std::nullopt;
  address.is_v4 = std::equal(kMapped.begin(), kMapped.end(), address.bytes.begin());
  return address;
}

bool IsLoopbackHost(std::string_view host) {
  constexpr std::string_view kLocal = "localhost";
  static const AddressRange v4 = *AddressRange::Parse("127.0.0.0/8");
  static const AddressRange v6 = *AddressRange::Parse("::1");
  if (const std::optional<Address> address = ParseAddress(host)) return v4.Contains(*address) || v6.Contains(*address);
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(host.begin(), host.end(), kLocal.begin(), kLocal.end(),
                    [&](char a, char b) { return lower(a) == b; });
}

bool IsHostName(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789.";
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_";
  return text.find_first_of(kLetters) != std::string_view::npos && std::all_of(text.begin(), text.end(), [&](char c) {
           return kDigits.find(c) != std::string_view::npos || kLetters.find(c) != std::string_view::npos;
         });
}

std::optional<AddressRange> AddressRange::Parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::optional<Address> address = ParseAddress(text.substr(0, slash));
  if (!address) return std::nullopt;
  AddressRange range;
  range.first_ = *address;
  if (slash != std::string_view::npos) {
    const std::string_view digits = text.substr(slash + 1);
    int bits = -1;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
    const int offset = address->is_v4 ? 96 : 0;
    if (error != std::errc() || end != digits.data() + digits.size() || bits < 0 || bits + offset > 128)
      return std::nullopt;
    range.bits_ = bits + offset;
  }
  ClearBitsFrom(range.bits_, &range.first_.bytes);
  return range;
}

bool AddressRange::Contains(const Address& address) const {
  std::array<std::uint8_t, 16> bytes = address.bytes;
  ClearBitsFrom(bits_, &bytes);
  return bytes == first_.bytes;
}

std::string_view ClientAddressKey(std::string_view text, int ipv6_prefix, TextArena* texts) {
  if (const std::size_t network = ipv6_prefix == 64 ? NetworkSize(text) : 0; network > 0) {
    constexpr std::string_view kRest = "::/64";
    char* key = texts->Allocate(network + kRest.size());
    std::memmove(key, text.data(), kLongestText);  // more than needed, since a fixed size is faster
    kRest.copy(key + network, kRest.size());
    return {key, network + kRest.size()};
  }
  if (text.find(':') == std::string_view::npos) return text;
  std::optional<Address> address = ParseAddress(text);
  if (!address) return text;
  std::array<char, kLongestText> buffer{};
  if (address->is_v4) {
    inet_ntop(AF_INET, address->bytes.data() + 12, buffer.data(), buffer.size());
    return texts->Add(buffer.data());
  }
  ClearBitsFrom(ipv6_prefix, &address->bytes);
  inet_ntop(AF_INET6, address->bytes.data(), buffer.data(), buffer.size());
  std::string key = buffer.data();
  if (ipv6_prefix < 128) key += '/' + std::to_string(ipv6_prefix);
  return texts->Add(key);
}

}  // namespace socklog
