#include "generate/traffic.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/hash.h"
#include "support/catch.h"

namespace socklog {
namespace {

constexpr std::uint64_t kKnownDigest = 2233030520552433463ULL;
constexpr Micros kStart = 1'767'225'600 * kSecond;

std::unique_ptr<Traffic> Make(const GenerateOptions& options, std::uint64_t seed) {
  auto made = MakeTraffic(options, kStart, seed);
  REQUIRE(made.ok());
  return std::move(made).value();
}

std::string Path(std::string_view target) { return std::string(target.substr(0, target.find('?'))); }

// What a reader of the log can measure without knowing who was meant to fail.
struct Measured {
  std::set<std::string, std::less<>> users, clients, paths, targets, failing_users, failing_paths;
  std::map<int, int> statuses;
  int requests = 0;
  int failures = 0;
  double both_rate = 0;  // of failing users on failing URLs
};

Measured Measure(const GenerateOptions& options, std::uint64_t seed) {
  Measured m;
  std::map<std::pair<std::string, std::string>, std::pair<int, int>> pairs;
  const auto traffic = Make(options, seed);
  WrittenRequest request;
  while (traffic->Next(&request)) {
    const std::string user(request.user);
    const std::string path = Path(request.target);
    m.users.insert(user);
    m.clients.emplace(request.client);
    m.paths.insert(path);
    m.targets.emplace(request.target);
    ++m.requests;
    ++m.statuses[request.status];
    auto& [requests, failures] = pairs[{user, path}];
    ++requests;
    if (request.status < 400) continue;
    ++failures;
    ++m.failures;
    m.failing_users.insert(user);
    m.failing_paths.insert(path);
  }
  double requests = 0;
  double failures = 0;
  for (const auto& [pair, counts] : pairs) {
    if (!m.failing_users.contains(pair.first) || !m.failing_paths.contains(pair.second)) continue;
    requests += counts.first;
    failures += counts.second;
  }
  m.both_rate = requests == 0 ? 0 : failures / requests;
  return m;
}

TEST_CASE("The percentages that were asked for are found in the output") {
  struct Case {
    double rate;
    Micros duration;
    std::uint32_t users, urls;
    double error_users, error_rate, error_urls;
  };
  const Case cases[] = {
      {500, 10 * kMinute, 500, 200, 0.30, 0.60, 0.50},  {200, 10 * kMinute, 50, 20, 0.30, 0.60, 0.50},
      {500, 10 * kMinute, 1000, 200, 0.10, 0.20, 0.20}, {500, 10 * kMinute, 200, 100, 0.05, 1.00, 1.00},
      {500, 10 * kMinute, 500, 200, 0.50, 0.05, 0.10},  {100, 10 * kMinute, 100, 50, 1.00, 0.10, 0.30},
      {50, 10 * kMinute, 100, 50, 0.20, 0.50, 0.40},
  };
  for (const Case& c : cases) {
    for (const std::uint64_t seed : {1, 2}) {
      GenerateOptions options;
      options.rate = c.rate;
      options.duration = c.duration;
      options.users = c.users;
      options.urls = c.urls;
      options.error_users = c.error_users;
      options.error_rate = c.error_rate;
      options.error_urls = c.error_urls;
      options.background_error_rate = 0;
      const Measured m = Measure(options, seed);
      CAPTURE(seed, c.users, c.urls, c.error_users, c.error_rate, c.error_urls);
      CHECK(m.users.size() == c.users);
      CHECK(m.paths.size() == c.urls);
      CHECK(m.targets.size() == c.urls);
      CHECK(static_cast<double>(m.failing_users.size()) == Approx(c.error_users * c.users).epsilon(0.03));
      CHECK(static_cast<double>(m.failing_paths.size()) == Approx(c.error_urls * c.urls).epsilon(0.03));
      CHECK(m.both_rate == Approx(c.error_rate).epsilon(0.03));
      // By requests the shares are near those by users and URLs, since both are chosen across the ranks.
      CHECK(m.failures == Approx(m.requests * c.error_users * c.error_rate * c.error_urls).epsilon(0.25));
    }
  }
}

TEST_CASE("Everybody else fails at the background rate") {
  GenerateOptions options;
  options.count = 200'000;
  Measured m = Measure(options, 11);
  CHECK(m.failures == Approx(4'000).epsilon(0.05));
  CHECK(m.statuses[404] == Approx(m.failures * 6 / 11).epsilon(0.06));
  CHECK(m.statuses[500] == Approx(m.failures * 2 / 11).epsilon(0.12));
  CHECK(m.statuses[200] > 150'000);
  for (const int status : {201, 204, 206, 301, 303, 304}) {
    CAPTURE(status);
    CHECK(m.statuses[status] > 0);
  }
  options.background_error_rate = 0;
  CHECK(Measure(options, 11).failures == 0);
  options.background_error_rate = 1;
  CHECK(Measure(options, 11).failures == 200'000);
}

TEST_CASE("Counts and times are exact") {
  GenerateOptions options;
  options.rate = 200;
  options.duration = kHour;
  const auto traffic = Make(options, 7);
  CHECK(traffic->total() == 720'000);
  std::uint64_t made = 0;
  WrittenRequest request;
  int off = 0;
  while (traffic->Next(&request))
    off += request.time == kStart + static_cast<Micros>(made++) * 5 * kMillisecond ? 0 : 1;
  CHECK(off == 0);
  CHECK(made == 720'000);
  CHECK_FALSE(traffic->Next(&request));

  options.count = 10;
  CHECK(Make(options, 7)->total() == 10);
  options.count = kUnlimited;
  options.duration = 0;
  CHECK(Make(options, 7)->total() == kUnlimited);
  options.count = 0;
  CHECK_FALSE(Make(options, 7)->Next(&request));
}

// One number for the first `count` requests, whatever field differs.
std::uint64_t Digest(const GenerateOptions& options, std::uint64_t seed, int count) {
  const auto traffic = Make(options, seed);
  WrittenRequest r;
  std::uint64_t digest = 0;
  for (int i = 0; i < count && traffic->Next(&r); ++i) {
    for (const std::string_view text : {r.client, r.user, r.method, r.target, r.protocol, r.host, r.referer, r.agent}) {
      digest = Hash64(text, digest);
    }
    digest = Hash64(std::to_string(r.time) + ' ' + std::to_string(r.duration) + ' ' + std::to_string(r.bytes) + ' ' +
                        std::to_string(r.status),
                    digest);
  }
  return digest;
}

TEST_CASE("The same seed makes the same requests, on every machine") {
  GenerateOptions options;
  options.rate = 50;
  CHECK(Digest(options, 7, 20'000) == Digest(options, 7, 20'000));
  CHECK(Digest(options, 7, 20'000) != Digest(options, 8, 20'000));
  options.error_users = 0.3;
  options.error_rate = 0.6;
  options.error_urls = 0.5;
  options.daily_cycle = true;
  CHECK(Digest(options, 7, 20'000) == kKnownDigest);
}

TEST_CASE("An incident changes the requests it hits and no others") {
  GenerateOptions options;
  options.rate = 100;
  options.duration = 30 * kMinute;
  const auto plain = Make(options, 5);
  Incident& burst = options.incidents.emplace_back();
  burst.at = 10 * kMinute;
  burst.length = 5 * kMinute;
  burst.rate = 0.4;
  burst.url = "/cart";
  const auto hit = Make(options, 5);
  WrittenRequest a;
  WrittenRequest b;
  int cart = 0;
  int failed = 0;
  int elsewhere = 0;
  while (plain->Next(&a) && hit->Next(&b)) {
    if (a.time != b.time || a.user != b.user || a.target != b.target) ++elsewhere;
    const bool during = b.time >= kStart + 10 * kMinute && b.time < kStart + 15 * kMinute;
    if (during && b.target == "/cart") {
      ++cart;
      if (b.status >= 400) ++failed;
      if (b.status >= 400) REQUIRE((b.status == 500 || b.status == 503));
    } else if (a.status != b.status || a.bytes != b.bytes || a.duration != b.duration) {
      ++elsewhere;
    }
  }
  CHECK(elsewhere == 0);
  REQUIRE(cart > 300);
  CHECK(failed == Approx(cart * 0.4).epsilon(0.15));
}

TEST_CASE("Of several incidents the strongest counts, and one without URL hits all") {
  GenerateOptions options;
  options.rate = 1000;
  options.duration = 3 * kMinute;
  options.background_error_rate = 0;
  options.incidents = {{"error-burst", kMinute, kMinute, 0.2, ""}, {"error-burst", kMinute, kMinute, 0.9, "/search"}};
  const auto traffic = Make(options, 1);
  WrittenRequest request;
  int search[2] = {0, 0};
  int other[2] = {0, 0};
  int outside = 0;
  while (traffic->Next(&request)) {
    const bool fails = request.status >= 400;
    if (request.time < kStart + kMinute || request.time >= kStart + 2 * kMinute) {
      outside += fails ? 1 : 0;
    } else {
      ++(request.target == "/search" ? search : other)[fails ? 1 : 0];
    }
  }
  CHECK(outside == 0);
  CHECK(search[1] == Approx((search[0] + search[1]) * 0.9).epsilon(0.05));
  CHECK(other[1] == Approx((other[0] + other[1]) * 0.2).epsilon(0.05));
}

TEST_CASE("Visitors are consistent: every line has a user, a user keeps to few addresses, all clients turn up") {
  struct Case {
    std::uint32_t users, clients;
  };
  for (const Case& c : {Case{100, 100}, Case{100, 1000}, Case{1000, 30}, Case{1, 1}, Case{1, 50}, Case{3, 7}}) {
    CAPTURE(c.users, c.clients);
    GenerateOptions options;
    options.rate = 100;
    options.count = 200'000;
    options.users = c.users;
    options.clients = c.clients;
    const auto traffic = Make(options, 3);
    std::map<std::string, std::set<std::string>> places;
    std::set<std::string> clients;
    int nameless = 0;
    WrittenRequest request;
    while (traffic->Next(&request)) {
      if (request.user.empty() || request.agent.empty()) ++nameless;
      places[std::string(request.user)].emplace(request.client);
      clients.emplace(request.client);
    }
    CHECK(nameless == 0);
    CHECK(places.size() == c.users);
    CHECK(clients.size() == c.clients);
    for (const auto& [user, addresses] : places) CHECK(addresses.size() <= (c.clients + c.users - 1) / c.users);
  }
}

TEST_CASE("Answers fit their status and method") {
  GenerateOptions options;
  options.count = 100'000;
  const auto traffic = Make(options, 4);
  WrittenRequest r;
  std::map<std::string, int> wrong;
  while (traffic->Next(&r)) {
    const bool no_body = r.status == 304 || r.status == 204 || r.method == "HEAD";
    if (r.duration < 0 || r.duration > 30 * kSecond) ++wrong["duration"];
    if (no_body ? r.bytes != 0 : r.bytes <= 0) ++wrong["bytes of " + std::to_string(r.status)];
    if (r.status == 201 && r.method != "POST") ++wrong["created by " + std::string(r.method)];
    if (!r.target.starts_with("/")) ++wrong[std::string(r.target)];
    if (!r.host.ends_with("shop.example")) ++wrong[std::string(r.host)];
    if (!r.plain) ++wrong["not said to be plain"];
    for (const std::string_view text : {r.client, r.user, r.method, r.target, r.protocol, r.host, r.referer, r.agent}) {
      const auto is_odd = [](char c) { return c < ' ' || c > '~' || c == '"' || c == '\\'; };
      if (std::any_of(text.begin(), text.end(), is_odd)) ++wrong["not plain: " + std::string(text)];
    }
  }
  for (const auto& [what, count] : wrong) {
    CAPTURE(what);
    CHECK(count == 0);
  }
}

}  // namespace
}  // namespace socklog
