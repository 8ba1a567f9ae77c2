// IP addresses as keys and in rules.
#ifndef SOCKLOG_BASE_ADDRESS_H_
#define SOCKLOG_BASE_ADDRESS_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "socklog/text_arena.h"

namespace socklog {

// An IPv4 or IPv6 address; IPv4 and IPv4-mapped IPv6 are the same.
struct Address {
  std::array<std::uint8_t, 16> bytes{};  // IPv4 in the last four, ::ffff:0:0/96 before it
  bool is_v4 = false;
};
std::optional<Address> ParseAddress(std::string_view text);

// Whether a host, by name or address, is this machine itself.
bool IsLoopbackHost(std::string_view host);

// Whether `text` can be the name of a host, as servers log it that look names up: letters, digits, '-', '_' and points,
// but not digits and points alone, which is an address with a mistake in it.
bool IsHostName(std::string_view text);

// All addresses with the same first bits. "192.0.2.0/24", "2001:db8::/32", or one address.
class AddressRange {
 public:
  static std::optional<AddressRange> Parse(std::string_view text);
  bool Contains(const Address& address) const;

 private:
  Address first_;
  int bits_ = 128;  // of the 128-bit form
};

// The key of a client: an IPv6 address cut to `ipv6_prefix` bits ("2001:db8:1:2::/64"), an IPv4-mapped one as IPv4,
// anything else (a host name) as it is. The view is `text` itself, or plain (base/byte_scan.h) and put into *texts.
// REQUIRES: TextArena::kPadding bytes behind `text` may be read
std::string_view ClientAddressKey(std::string_view text, int ipv6_prefix, TextArena* texts);

}  // namespace socklog

#endif  // SOCKLOG_BASE_ADDRESS_H_
