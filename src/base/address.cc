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

std::string_view ClientAddressKey(std::string_view text, int ipv6_prefix, std::string* scratch) {
  if (text.find(':') == std::string_view::npos) return text;
  std::optional<Address> address = ParseAddress(text);
  if (!address) return text;
  std::array<char, kLongestText> buffer{};
  if (address->is_v4) {
    inet_ntop(AF_INET, address->bytes.data() + 12, buffer.data(), buffer.size());
    *scratch = buffer.data();
    return *scratch;
  }
  ClearBitsFrom(ipv6_prefix, &address->bytes);
  inet_ntop(AF_INET6, address->bytes.data(), buffer.data(), buffer.size());
  *scratch = buffer.data();
  if (ipv6_prefix < 128) *scratch += '/' + std::to_string(ipv6_prefix);
  return *scratch;
}

}  // namespace socklog
