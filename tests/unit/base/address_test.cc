#include "base/address.h"

#include <arpa/inet.h>

#include <algorithm>

#include "base/hash.h"
#include "support/catch.h"

namespace socklog::testing {

TEST_CASE("clients as keys") {
  struct Case {
    std::string text;
    int prefix;
    std::string key;
  };
  const auto test = GENERATE(values<Case>({
      {"192.0.2.1", 64, "192.0.2.1"},
      {"2001:db8:1:2:3:4:5:6", 64, "2001:db8:1:2::/64"},
      {"2001:DB8:1:2::9", 64, "2001:db8:1:2::/64"},
      {"2001:db8:1:2:ffff::", 64, "2001:db8:1:2::/64"},
      {"2001:db8:1:2:3:4:5:6", 128, "2001:db8:1:2:3:4:5:6"},
      {"2001:db8:1:2:3:4:5:6", 48, "2001:db8:1::/48"},
      {"2001:db8:1:2:3:4:5:6", 36, "2001:db8::/36"},
      {"2001:db8:1fff::", 36, "2001:db8:1000::/36"},
      {"2001:db8::1", 0, "::/0"},
      {"::1", 64, "::/64"},
      {"::ffff:192.0.2.1", 64, "192.0.2.1"},
      {"::ffff:c000:201", 64, "192.0.2.1"},
      {"0:0:0:0:0:FFFF:192.0.2.1", 128, "192.0.2.1"},
      {"::192.0.2.1", 96, "::/96"},  // IPv4-compatible is not IPv4-mapped
      {"client.example", 64, "client.example"},
      {"192.0.2.1:4711", 64, "192.0.2.1:4711"},
      {"[2001:db8::1]", 64, "[2001:db8::1]"},
      {"fe80::1%eth0", 64, "fe80::1%eth0"},
      {"2001:db8::1::2", 64, "2001:db8::1::2"},
      {":", 64, ":"},
      {"192.0.2.01", 64, "192.0.2.01"},
      {"", 64, ""},
      {std::string(300, ':'), 64, std::string(300, ':')},
  }));
  CAPTURE(test.text, test.prefix);
  TextArena texts;
  CHECK(ClientAddressKey(texts.Add(test.text), test.prefix, &texts) == test.key);
}

TEST_CASE("the network of an address as it is usually written is that of the parsed address") {
  SplitMix64 random(1);
  TextArena texts;
  int networks = 0;
  const std::string seeds[] = {"2001:db8:1:2::1", "2001:db8:1:2:3:4:5:6", "fe80:1:20:300:4000::", "a:b:c:d:e:f:1::"};
  constexpr std::string_view kBytes = "0123456789abcdefF::::.g";
  for (int round = 0; round < 200'000; ++round) {
    std::string text = seeds[random.Below(std::size(seeds))];
    for (std::uint64_t changes = random.Below(4); changes > 0; --changes) {
      const std::size_t at = random.Below(text.size());
      const char byte = kBytes[random.Below(kBytes.size())];
      switch (random.Below(3)) {
        case 0:
          text[at] = byte;
          break;
        case 1:
          text.insert(at, 1, byte);
          break;
        default:
          text.erase(at, 1);
      }
    }
    std::string expected = text;
    if (std::optional<Address> address = ParseAddress(text); address && !address->is_v4) {
      std::fill(address->bytes.begin() + 8, address->bytes.end(), std::uint8_t{0});
      char buffer[INET6_ADDRSTRLEN];
      inet_ntop(AF_INET6, address->bytes.data(), buffer, sizeof(buffer));
      expected = std::string(buffer) + "/64";
      ++networks;
    }
    if (text.find('.') != std::string::npos) continue;  // IPv4-mapped or none: not written with four groups
    CAPTURE(text);
    REQUIRE(ClientAddressKey(texts.Add(text), 64, &texts) == expected);
    texts.Clear();
  }
  CHECK(networks > 50'000);
}

TEST_CASE("ranges of addresses") {
  struct Case {
    std::string range, address;
    bool inside;
  };
  const auto test = GENERATE(values<Case>({
      {"192.0.2.0/24", "192.0.2.255", true},
      {"192.0.2.0/24", "192.0.3.0", false},
      {"192.0.2.77/24", "192.0.2.1", true},  // bits after the prefix do not matter
      {"192.0.2.1", "192.0.2.1", true},
      {"192.0.2.1", "192.0.2.2", false},
      {"192.0.2.1/32", "192.0.2.1", true},
      {"192.0.2.128/25", "192.0.2.127", false},
      {"0.0.0.0/0", "203.0.113.9", true},
      {"0.0.0.0/0", "2001:db8::1", false},
      {"192.0.2.0/24", "::ffff:192.0.2.9", true},
      {"2001:db8::/32", "2001:db8:ffff::1", true},
      {"2001:db8::/32", "2001:db9::1", false},
      {"2001:db8::/33", "2001:db8:8000::", false},
      {"::/0", "192.0.2.1", true},
      {"2001:db8::1", "2001:db8::1", true},
  }));
  CAPTURE(test.range, test.address);
  const std::optional<AddressRange> range = AddressRange::Parse(test.range);
  const std::optional<Address> address = ParseAddress(test.address);
  REQUIRE(range);
  REQUIRE(address);
  CHECK(range->Contains(*address) == test.inside);
}

TEST_CASE("what is no range") {
  const auto text = GENERATE(values<std::string>(
      {"", "/", "/24", "192.0.2.0/", "192.0.2.0/33", "192.0.2.0/-1", "192.0.2.0/ 24", "192.0.2.0/24x", "192.0.2/24",
       "2001:db8::/129", "client.example", "192.0.2.0/24/24", std::string("192.0.2.1\0", 10)}));
  CAPTURE(text);
  CHECK_FALSE(AddressRange::Parse(text));
}

TEST_CASE("a misspelt address is not the name of a host") {
  for (const char* name : {"localhost", "client-1.example", "4.example", "_srv.example"}) CHECK(IsHostName(name));
  for (const char* text :
       {"", "192.0.2.256", "192.0.2", "2001:db8::1::2", "192.0.2.0/33", "a b", "client.example/24"}) {
    CHECK_FALSE(IsHostName(text));
  }
}

}  // namespace socklog::testing
