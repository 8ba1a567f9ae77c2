#include "window/key_maker.h"

#include <map>
#include <set>

#include "base/hash.h"
#include "base/text.h"
#include "keys_testing.h"
#include "support/catch.h"

namespace socklog::testing {
namespace {

std::string KeyOf(KeyMaker& keys, const LogEntry& entry, Dimension dimension) {
  TextArena texts;
  Request request;
  TextArena lines;
  keys.Apply(Padded(entry, &lines), &texts, &request);
  const Key& key = request.keys[KeyedIndex(dimension)];
  if (key.size > 0) CHECK(key.hash == KeyHash()(texts.Add(key.text())));
  return std::string(key.text());
}

std::string KeyOf(const KeyRules& rules, const LogEntry& entry, Dimension dimension) {
  KeyMaker keys(rules);
  return KeyOf(keys, entry, dimension);
}

std::string UrlKey(const LogEntry& entry, const KeyOptions& keys = {}) {
  return KeyOf(*Rules(keys), entry, Dimension::kUrl);
}

}  // namespace

// What a parser knows of an entry's bytes only saves time, and whether entries come one by one.
TEST_CASE("keys are the same with and without what the parser knows, in a run and alone") {
  const std::string long_path = "/" + std::string(300, 'p');
  std::vector<LogEntry> entries = {Get("/a"), Get("/a/b?c=d"), Get("/x;y#z"), Get(long_path)};
  for (const std::string_view user : {"", "-", "ann", "a b", "-x"}) {
    entries.push_back(Get("/user"));
    entries.back().user = user;
  }
  for (const std::string_view client : {"", "192.0.2.7", "2001:db8::1", "host.example"}) {
    entries.push_back(Get("/client"));
    entries.back().client = client;
  }
  entries.push_back(Get("/not/to/be/used"));
  entries.back().method = "CONNECT";
  entries.push_back(Get("/invalid"));
  entries.back().request_valid = false;
  entries.push_back(Get("/hosted"));
  entries.back().host = "www.example";
  KeyOptions options;
  options.user = GENERATE("user", "client");  // keys are fields of the entry, or not
  const std::unique_ptr<KeyRules> rules = Rules(options);
  KeyMaker keys(*rules);
  TextArena lines;
  TextArena texts;
  LogEntries run;
  std::vector<Request> expected;
  for (const LogEntry& entry : entries) {
    LogEntry padded = Padded(entry, &lines);
    keys.Apply(padded, &texts, &expected.emplace_back());
    padded.path_size = static_cast<std::uint32_t>(padded.target.substr(0, padded.target.find_first_of("?#;")).size());
    padded.plain_user = true;
    padded.plain_client = padded.client.find(':') == std::string_view::npos;
    run.push_back(padded);
  }
  Requests requests;
  requests.ResizeForOverwrite(3 + run.size());
  Request before;
  before.outcome = kAllOutcomes;
  before.ignored = before.slow_path = true;
  before.keys.fill(Key{"left from before", 16, 1});
  for (std::size_t i = 0; i < requests.size(); ++i) requests[i] = before;
  requests.ResizeForOverwrite(3);
  keys.Apply(run, &texts, &requests);
  REQUIRE(requests.size() == 3 + expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CHECK(requests[3 + i].outcome == expected[i].outcome);
    CHECK(requests[3 + i].ignored == expected[i].ignored);
    CHECK(requests[3 + i].slow_path == expected[i].slow_path);
    for (std::size_t d = 0; d < kKeyedDimensionCount; ++d) {
      const Key& key = requests[3 + i].keys[d];
      CAPTURE(i, d);
      REQUIRE(key.text() == expected[i].keys[d].text());
      if (key.size > 0) REQUIRE(key.hash == expected[i].keys[d].hash);
    }
  }
}

TEST_CASE("the URL key is the path of the target") {
  struct Case {
    std::string method, target, key;
  };
  const auto test = GENERATE(values<Case>({
      {"GET", "/", "/"},
      {"GET", "/cart", "/cart"},
      {"GET", "/cart?id=1#x", "/cart"},
      {"GET", "/cart#x?y", "/cart"},
      {"GET", "/cart;jsessionid=A1", "/cart"},
      {"GET", "/cart;a=1?b=2", "/cart"},
      {"GET", "/?", "/"},
      {"GET", "/;", "/"},
      {"GET", "//a//b/", "//a//b/"},
      {"GET", "http://shop.example/cart?x", "/cart"},
      {"GET", "HTTPS://shop.example:8443/cart", "/cart"},
      {"GET", "http://shop.example", "/"},
      {"GET", "http://shop.example?x=/y", "/"},
      {"GET", "http://shop.example#/y", "/"},
      {"GET", "http://user:pw@[2001:db8::1]:80/a;b", "/a"},
      {"GET", "ftp://host.example/f", "/f"},
      {"GET", "/redirect?to=http://other.example/x", "/redirect"},
      {"GET", "/http://other.example/x", "/http://other.example/x"},
      {"CONNECT", "192.0.2.7:7227", "(connect)"},
      {"CONNECT", "/odd", "(connect)"},
      {"OPTIONS", "*", "(star)"},
      {"GET", "*", "(star)"},
      {"GET", "", "(invalid)"},
      {"GET", "cart", "(invalid)"},
      {"GET", "://x/y", "(invalid)"},
      {"GET", "?x", "(invalid)"},
      {"GET", "a?b://c/d", "(invalid)"},
      {"GET", "192.0.2.7:7227", "(invalid)"},
      {"get", "/lower", "/lower"},
      {"GET", "/caf\xc3\xa9", "/caf\xc3\xa9"},
      {"GET", "/a b", "/a b"},
  }));
  CAPTURE(test.method, test.target);
  LogEntry entry = Get(test.target);
  entry.method = test.method;
  CHECK(UrlKey(entry) == test.key);
}

TEST_CASE("a request line that was none") {
  LogEntry entry = Get("/looks/fine");
  entry.request_valid = false;
  CHECK(UrlKey(entry) == "(invalid)");
}

TEST_CASE("the host goes before the path where the format has one") {
  struct Case {
    std::string host, target, key;
  };
  const auto test = GENERATE(values<Case>({{"shop.example", "/cart?x", "shop.example/cart"},
                                           {"shop.example", "http://other.example/cart", "shop.example/cart"},
                                           {"shop.example", "*", "shop.example/(star)"},
                                           {"shop.example", "", "shop.example/(invalid)"},
                                           {"sh\x01p", "/a\\b", "sh\\x01p/a\\\\b"}}));
  CAPTURE(test.host, test.target);
  LogEntry entry = Get(test.target);
  entry.host = test.host;
  CHECK(UrlKey(entry) == test.key);
}

TEST_CASE("keys are printable, one to one") {
  struct Case {
    std::string path, key;
  };
  const auto test = GENERATE(values<Case>({
      {std::string("/a\0b", 4), "/a\\x00b"},
      {"/\x1b[31m", "/\\x1B[31m"},
      {"/\x7f", "/\\x7F"},
      {"/\xff\xfe", "/\\xFF\\xFE"},
      {"/\xc2\x9b", "/\\xC2\\x9B"},           // CSI, as UTF-8
      {"/\xed\xa0\x80", "/\\xED\\xA0\\x80"},  // a surrogate
      {"/\xc0\xaf", "/\\xC0\\xAF"},           // overlong
      {"/\xe2\x82", "/\\xE2\\x82"},           // cut off
      {"/\xe2\x82\xac", "/\xe2\x82\xac"},
      {"/\\x00", "/\\\\x00"},
      {"/<script>\"'&", "/<script>\"'&"},
  }));
  CAPTURE(test.path);
  CHECK(UrlKey(Get(test.path)) == test.key);
}

TEST_CASE("different bytes never give the same key") {
  SplitMix64 random(1);
  static constexpr char kBytes[] = {'\\',   'x',    '0',    'A', '\0',   '\x1b', '\xff',
                                    '\xc2', '\x9b', '\xa9', '/', '\xe2', '\x82', '\xac'};
  auto rules = Rules();
  std::map<std::string, std::string> path_of;
  for (int i = 0; i < 100'000; ++i) {
    std::string path = "/";
    for (std::uint64_t size = random.Below(7); size > 0; --size) path += kBytes[random.Below(sizeof(kBytes))];
    const std::string key = KeyOf(*rules, Get(path), Dimension::kUrl);
    const auto [place, is_new] = path_of.emplace(key, path);
    if (place->second != path) FAIL("two paths have the key " << key);
    for (std::string_view rest = key; !rest.empty();) {
      const std::size_t length = Utf8Length(rest);
      if (length == 0 || static_cast<unsigned char>(rest[0]) < 0x20 || rest[0] == 0x7f) FAIL("not printable: " << path);
      rest.remove_prefix(length);
    }
  }
}

TEST_CASE("a key over 256 bytes is its first 240 and a hash of all") {
  const auto path = [](std::size_t size, char last) { return "/" + std::string(size - 2, 'a') + last; };
  CHECK(UrlKey(Get(path(256, 'x'))) == path(256, 'x'));
  const std::string key = UrlKey(Get(path(257, 'x')));
  CHECK(key.size() == 256);
  CHECK(key.substr(0, 240) == path(257, 'x').substr(0, 240));
  CHECK(key != UrlKey(Get(path(257, 'y'))));
  CHECK(key == UrlKey(Get(path(257, 'x'))));
  const std::string longest = UrlKey(Get(path(1 << 20, 'x')));
  CHECK(longest.size() == 256);
  CHECK(longest != key);
  // Escapes count as they are written; a character is not cut in two.
  CHECK(UrlKey(Get("/" + std::string(100, '\x01'))).size() == 256);
  for (std::size_t lead = 230; lead < 245; ++lead) {
    std::string wide = "/" + std::string(lead, 'a');
    for (int i = 0; i < 20; ++i) wide += "\xe2\x82\xac";
    const std::string cut = UrlKey(Get(wide));
    CAPTURE(lead);
    CHECK(cut.size() <= 256);
    std::string printable;
    AppendTerminalSafe(cut, &printable);
    CHECK(printable == cut);
  }
}

TEST_CASE("[[keys.url]] folds paths: the first rule that matches all of the key") {
  KeyOptions keys;
  keys.url = {{"/cart/[0-9]+", "/cart/{id}"},
              {"/cart/.*", "/cart/other"},
              {"/(img|css)/.*", "/\\1"},
              {"/same/(.*)", "/cart/\\1"}};
  struct Case {
    std::string target, key;
  };
  const auto test = GENERATE(values<Case>({{"/cart/17", "/cart/{id}"},
                                           {"/cart/17?x", "/cart/{id}"},
                                           {"/cart/17/edit", "/cart/other"},
                                           {"/img/a.png", "/img"},
                                           {"/a/cart/17", "/a/cart/17"},
                                           {"/same/17", "/cart/17"},  // what a rule made is not folded again
                                           {"/cart/1\n7", "/cart/other"}}));
  CAPTURE(test.target);
  const auto rules = Rules(keys);
  KeyMaker maker(*rules);
  CHECK(KeyOf(maker, Get(test.target), Dimension::kUrl) == test.key);
  CHECK(KeyOf(maker, Get(test.target), Dimension::kUrl) == test.key);  // remembered
}

TEST_CASE("a rule that cuts a character in two still gives a printable key") {
  KeyOptions keys;
  keys.url = {{"/(.).*", "/\\1"}};
  CHECK(UrlKey(Get("/\xe2\x82\xac"), keys) == "/\\xE2");
  CHECK(UrlKey(Get("/\x01z"), keys) == "/\\");  // of what is printable already
}

TEST_CASE("a folded key is cut like others, and not escaped twice") {
  KeyOptions keys;
  keys.url = {{"/s/(.*)", "/a/longer/path/\\1"}};
  const std::string key = UrlKey(Get("/s/\x01" + std::string(245, 'b')), keys);
  CHECK(key.size() == 256);
  CHECK(key.substr(0, 20) == "/a/longer/path/\\x01b");
}

TEST_CASE("more distinct URLs than are remembered") {
  KeyOptions keys;
  keys.url = {{"/p/[0-9]+", "/p/{id}"}};
  const auto rules = Rules(keys);
  KeyMaker maker(*rules);
  bool same = true;
  for (int i = 0; i < 250'000; ++i)
    same = same && KeyOf(maker, Get("/p/" + std::to_string(i)), Dimension::kUrl) == "/p/{id}";
  CHECK(same);
}

TEST_CASE("users") {
  struct Case {
    std::string option, user, header, key;
  };
  const auto test = GENERATE(values<Case>({{"user", "ann", "", "ann"},
                                           {"user", "", "", ""},
                                           {"user", "-", "", ""},
                                           {"user", "ann smith", "x", "ann smith"},
                                           {"user", "\x1b]", "", "\\x1B]"},
                                           {"header:X-User", "ann", "bob", "bob"},
                                           {"header:X-User", "ann", "", ""},
                                           {"client", "ann", "bob", "192.0.2.1"}}));
  CAPTURE(test.option, test.user, test.header);
  KeyOptions keys;
  keys.user = test.option;
  LogEntry entry = Get("/");
  entry.user = test.user;
  entry.user_header = test.header;
  CHECK(KeyOf(*Rules(keys), entry, Dimension::kUser) == test.key);
}

TEST_CASE("clients") {
  struct Case {
    std::string option, client, header, key;
  };
  const auto test =
      GENERATE(values<Case>({{"client", "192.0.2.1", "203.0.113.9", "192.0.2.1"},
                             {"client", "2001:db8::1", "", "2001:db8::/64"},
                             {"client", "", "", ""},
                             {"client", "a\tb", "", "a\\x09b"},
                             {"header:X-Forwarded-For", "192.0.2.1", "203.0.113.9, 198.51.100.2", "203.0.113.9"},
                             {"header:X-Forwarded-For", "192.0.2.1", "  203.0.113.9  ,x", "203.0.113.9"},
                             {"header:X-Forwarded-For", "192.0.2.1", "::ffff:203.0.113.9", "203.0.113.9"},
                             {"header:X-Forwarded-For", "192.0.2.1", "", "192.0.2.1"},
                             {"header:X-Forwarded-For", "192.0.2.1", " , x", "192.0.2.1"}}));
  CAPTURE(test.option, test.client, test.header);
  KeyOptions keys;
  keys.client = test.option;
  LogEntry entry = Get("/");
  entry.client = test.client;
  entry.client_header = test.header;
  CHECK(KeyOf(*Rules(keys), entry, Dimension::kClient) == test.key);
}

TEST_CASE("what a status counts as") {
  struct Case {
    int status;
    Cell cell;  // requests, errors, server_errors, throttled, auth_failures, not_found
  };
  const auto test = GENERATE(values<Case>({{0, {1, 0, 0, 0, 0, 0}},
                                           {100, {1, 0, 0, 0, 0, 0}},
                                           {200, {1, 0, 0, 0, 0, 0}},
                                           {399, {1, 0, 0, 0, 0, 0}},
                                           {400, {1, 1, 0, 0, 0, 0}},
                                           {401, {1, 1, 0, 0, 1, 0}},
                                           {403, {1, 1, 0, 0, 1, 0}},
                                           {404, {1, 1, 0, 0, 0, 1}},
                                           {410, {1, 1, 0, 0, 0, 1}},
                                           {429, {1, 1, 0, 1, 0, 0}},
                                           {499, {1, 1, 0, 0, 0, 0}},
                                           {500, {1, 1, 1, 0, 0, 0}},
                                           {503, {1, 1, 1, 1, 0, 0}},
                                           {599, {1, 1, 1, 0, 0, 0}}}));
  CAPTURE(test.status);
  LogEntry entry = Get("/");
  entry.status = static_cast<std::uint16_t>(test.status);
  CHECK(CellOfOutcome(Apply(*Rules(), entry).outcome) == test.cell);
}

TEST_CASE("[errors] status") {
  KeyOptions keys;
  keys.errors = {{500, 599}, {404, 404}, {0, 99}};
  auto rules = Rules(keys);
  for (const auto& [status, errors] :
       std::map<int, std::uint64_t>{{0, 0}, {400, 0}, {403, 0}, {404, 1}, {405, 0}, {499, 0}, {500, 1}, {599, 1}}) {
    CAPTURE(status);
    LogEntry entry = Get("/");
    entry.status = static_cast<std::uint16_t>(status);
    CHECK(CellOfOutcome(Apply(*rules, entry).outcome).errors == errors);
  }
}

TEST_CASE("what is no request is ignored, with and without rules") {
  LogEntry entry = Get("/");
  entry.no_request = true;
  CHECK(Apply(*Rules(), entry).ignored);
  IgnoreRule other;
  other.url = "/other";
  CHECK(Apply(*Rules({}, {other}), entry).ignored);
  entry.no_request = false;
  CHECK_FALSE(Apply(*Rules({}, {other}), entry).ignored);
}

TEST_CASE("--event-time end adds the duration, where it is known") {
  LogEntry entry = Get("/");
  entry.time = 100 * kSecond;
  for (const auto& [duration, time] : std::map<Micros, Micros>{{-1, 100 * kSecond},
                                                               {0, 100 * kSecond},
                                                               {2 * kSecond, 102 * kSecond},
                                                               {std::numeric_limits<Micros>::max(), 100 * kSecond}}) {
    entry.duration = duration;
    CHECK(Apply(*Rules({}, {}, EventTime::kEnd), entry).time == time);
    CHECK(Apply(*Rules(), entry).time == 100 * kSecond);
  }
  entry.time_is_end = true;
  CHECK(Apply(*Rules({}, {}, EventTime::kEnd), entry).time == 100 * kSecond);
}

}  // namespace socklog::testing
