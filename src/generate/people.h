// The visitors: user names, client addresses, agents, and where they come from.
#ifndef SOCKLOG_GENERATE_PEOPLE_H_
#define SOCKLOG_GENERATE_PEOPLE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.h"

namespace socklog {

// `count` distinct user names without blanks, in no order.
std::vector<std::string> MakeUserNames(std::uint32_t count, SplitMix64* random);

// `count` distinct addresses that belong to nobody: seven of eight are IPv4 in 10.0.0.0/8, the others IPv6 in
// 2001:db8::/32, each in a /64 of its own. REQUIRES: count <= kMaxClients
inline constexpr std::uint32_t kMaxClients = 10'000'000;
std::vector<std::string> MakeAddresses(std::uint32_t count, SplitMix64* random);

// A browser or a program, by its usual share; static storage.
std::string_view PickAgent(std::uint64_t random);

// Where a visit comes from; often empty. Static storage.
std::string_view PickEntry(std::uint64_t random);

}  // namespace socklog

#endif  // SOCKLOG_GENERATE_PEOPLE_H_
