#include "generate/people.h"

namespace socklog {
namespace {

constexpr std::string_view kFirstNames[] = {"ada",   "alain", "bruno", "carla", "chen",  "dana",  "diego", "elif",
                                            "emil",  "fatou", "farah", "goran", "hana",  "hugo",  "ines",  "ivan",
                                            "jana",  "jonas", "karim", "kira",  "lena",  "louis", "maya",  "marc",
                                            "nadia", "noah",  "olga",  "oscar", "paula", "pavel", "rita",  "rui",
                                            "sara",  "sven",  "tara",  "timo",  "uma",   "vera",  "yusuf", "zoe"};
constexpr std::string_view kLastNames[] = {
    "alder", "barth",  "blanc", "costa",  "diaz",   "dubois", "egger", "favre", "fischer", "garcia",
    "gomez", "haas",   "ito",   "jansen", "keller", "klein",  "kovac", "lang",  "lopez",   "martin",
    "meier", "moreau", "nagy",  "novak",  "okafor", "olsen",  "petit", "popov", "quist",   "rossi",
    "roux",  "sato",   "silva", "simon",  "tanaka", "urban",  "vogel", "weber", "yilmaz",  "zhang"};
constexpr std::uint64_t kNames = std::size(kFirstNames) * std::size(kLastNames);

// Versions are cut to what current browsers send. Earlier entries are drawn more often: see PickAgent.
constexpr std::string_view kAgents[] = {
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36",
    // NOLINTNEXTLINE(bugprone-suspicious-missing-comma): too long for one line
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 "
    "Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 "
    "Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 "
    "Edg/131.0.0.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 "
    "Safari/537.36",
    "ShopApp/4.2.0 (Android 14)",
    "ShopApp/4.2.0 (iOS 17.6)",
    "curl/7.88.1",
    "python-requests/2.32.3",
};

constexpr std::string_view kEntries[] = {"",
                                         "",
                                         "",
                                         "https://search.example/?q=alpaca+socks",
                                         "https://search.example/?q=warm+winter+scarf",
                                         "https://social.example/",
                                         "https://news.example/2026/winter-guide",
                                         "https://mail.example/"};

}  // namespace

std::vector<std::string> MakeUserNames(std::uint32_t count, SplitMix64* random) {
  // A step that has no factor in common with kNames visits every combination once before a number has to tell two
  // apart.
  constexpr std::uint64_t kStep = 1231;
  const std::uint64_t first = random->Below(kNames);
  std::vector<std::string> names(count);
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t name = (first + i * kStep) % kNames;
    std::string& text = names[i];
    text += kFirstNames[name % std::size(kFirstNames)];
    text += '.';
    text += kLastNames[name / std::size(kFirstNames)];
    if (i >= kNames) text += std::to_string(i / kNames + 1);
  }
  return names;
}

std::vector<std::string> MakeAddresses(std::uint32_t count, SplitMix64* random) {
  constexpr std::uint64_t kHosts = 254ULL << 16;  // last bytes 1..254
  constexpr std::uint64_t kStep = 0x9e3779b1;     // a prime: a walk over all hosts and over all 2^32 networks
  static constexpr char kHex[] = "0123456789abcdef";
  const std::uint64_t first_host = random->Below(kHosts);
  const std::uint64_t first_network = random->Below(std::uint64_t{1} << 32);
  std::vector<std::string> addresses(count);
  for (std::uint64_t i = 0; i < count; ++i) {
    if (i % 8 == 5) {
      const std::uint64_t network = (first_network + i * kStep) & 0xffffffff;
      std::string& text = addresses[i] = "2001:db8";
      for (int shift = 16; shift >= 0; shift -= 16) {
        const std::uint64_t group = (network >> shift) & 0xffff;
        text += ':';
        for (int digit = 12; digit >= 0; digit -= 4) {
          if (group >> digit != 0 || digit == 0) text += kHex[(group >> digit) & 15];
        }
      }
      text += "::1";
    } else {
      const std::uint64_t host = (first_host + i * kStep) % kHosts;
      addresses[i] = "10." + std::to_string((host >> 8) & 0xff) + "." + std::to_string(host & 0xff) + "." +
                     std::to_string((host >> 16) + 1);
    }
  }
  return addresses;
}

std::string_view PickAgent(std::uint64_t random) {
  // The smaller of two draws favours the earlier entries.
  const std::uint64_t a = (random & 0xffff) % std::size(kAgents);
  const std::uint64_t b = ((random >> 16) & 0xffff) % std::size(kAgents);
  return kAgents[a < b ? a : b];
}

std::string_view PickEntry(std::uint64_t random) { return kEntries[random % std::size(kEntries)]; }

}  // namespace socklog
