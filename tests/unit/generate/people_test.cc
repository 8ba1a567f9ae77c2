#include "generate/people.h"

#include <algorithm>
#include <set>
#include <string>

#include "support/catch.h"

namespace socklog {
namespace {

TEST_CASE("Names are distinct, also beyond all combinations, and have no blanks") {
  SplitMix64 random(1);
  const std::vector<std::string> names = MakeUserNames(20'000, &random);
  CHECK(std::set<std::string>(names.begin(), names.end()).size() == 20'000);
  for (const std::string& name : names) {
    REQUIRE(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz.0123456789") == std::string::npos);
  }
}

TEST_CASE("Addresses are distinct, belong to nobody, and some are IPv6") {
  SplitMix64 random(1);
  const std::vector<std::string> addresses = MakeAddresses(100'000, &random);
  CHECK(std::set<std::string>(addresses.begin(), addresses.end()).size() == 100'000);
  long v6 = 0;
  for (const std::string& address : addresses) {
    const bool is_v6 = address.find(':') != std::string::npos;
    v6 += is_v6 ? 1 : 0;
    if (is_v6) {
      REQUIRE(address.starts_with("2001:db8:"));
      REQUIRE(address.ends_with("::1"));
    } else {
      REQUIRE(address.starts_with("10."));
      REQUIRE(std::count(address.begin(), address.end(), '.') == 3);
    }
  }
  CHECK(v6 == 12'500);
}

TEST_CASE("Every IPv6 client has a /64 of its own") {
  SplitMix64 random(9);
  std::set<std::string> networks;
  const std::vector<std::string> addresses = MakeAddresses(8'000, &random);
  for (const std::string& address : addresses) {
    if (address.find(':') != std::string::npos) networks.insert(address.substr(0, address.size() - 3));
  }
  CHECK(networks.size() == 1'000);
}

}  // namespace
}  // namespace socklog
