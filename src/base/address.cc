#include "base/address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace socklog {
namespace {

constexpr std::size_t kLongestText = INET6_ADDRSTRLEN;

void ClearBitsFrom(int bits, std::array<std::uint8_t, 16>* bytes) {
  for (int i = 0; i < 16; ++i) {
    const int kept = std::clamp(bits - 8 * i, 0, 8);
    (*bytes)[static_cast<std::size_t>(i)] &= static_cast<std::uint8_t>(0xff00 >> kept);
  }
}

// Digits of a group at the front of `text`, at most five.
std::size_t GroupSize(std::string_view text) {
  std::size_t size = 0;
  while (size < text.size() && size < 5) {
    const char c = text[size];
    if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))) break;
    ++size;
  }
  return size;
}

// Whether inet_ntop would write a group so, and never leave it out.
bool IsCanonicalGroup(std::string_view group) {
  return group[0] != '0' && std::all_of(group.begin(), group.end(), [](char c) { return c < 'A' || c > 'F'; });
}

// How servers write nearly every IPv6 address: the size of its first four groups, where these are all there and
// canonical. 0 for any other text.
std::size_t NetworkSize(std::string_view text) {
  std::size_t groups = 0;
  std::size_t network = 0;
  bool compressed = false;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = GroupSize(text.substr(at));
    if (size == 0 || size > 4 || (groups < 4 && !IsCanonicalGroup(text.substr(at, size)))) return 0;
    at += size;
    if (++groups == 4) network = at;
    if (at == text.size()) break;
    if (text[at++] != ':' || at == text.size()) return 0;
    if (text[at] != ':') continue;
    if (compressed || groups < 4) return 0;
    compressed = true;
    ++at;
  }
  return (compressed ? groups <= 7 : groups == 8) ? network : 0;
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
  if (text.find(':') == std::string_view::npos) return text;
  if (const std::size_t network = ipv6_prefix == 64 ? NetworkSize(text) : 0; network > 0) {
    constexpr std::string_view kRest = "::/64";
    char* key = texts->Allocate(network + kRest.size());
    text.copy(key, network);
    kRest.copy(key + network, kRest.size());
    return {key, network + kRest.size()};
  }
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
