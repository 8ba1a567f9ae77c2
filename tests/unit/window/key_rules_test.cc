#include "window/key_rules.h"

#include <string>
#include <vector>

#include "keys_testing.h"
#include "support/catch.h"

namespace socklog::testing {
namespace {

bool Ignored(KeyRules& rules, const LogEntry& entry) { return Apply(rules, entry).ignored; }

std::string Error(const KeyOptions& keys, const std::vector<IgnoreRule>& ignore) {
  Result<std::unique_ptr<KeyRules>> rules = KeyRules::Make(keys, ignore, EventTime::kStart, kAll);
  return rules.ok() ? "" : rules.status().message();
}

bool Has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("[[ignore]]: every given part matches") {
  struct Case {
    IgnoreRule rule;
    bool ignored;
  };
  // The request: /health?x from 192.0.2.7, agent "probe/1.0", status 204, host absent.
  const std::vector<Case> cases = {
      {{"/health", "", "", {}}, true},
      {{"/heal", "", "", {}}, false},  // the whole key
      {{"/heal.*", "", "", {}}, true},
      {{"", "192.0.2.0/24", "", {}}, true},
      {{"", "192.0.2.7", "", {}}, true},
      {{"", "192.0.3.0/24", "", {}}, false},
      {{"", "client.example", "", {}}, false},
      {{"", "", "probe", {}}, true},  // anywhere
      {{"", "", "^probe$", {}}, false},
      {{"", "", "", {{200, 299}}}, true},
      {{"", "", "", {{200, 203}, {204, 204}}}, true},
      {{"", "", "", {{400, 599}}}, false},
      {{"/health", "192.0.2.7", "probe", {{204, 204}}}, true},
      {{"/health", "192.0.2.7", "probe", {{200, 200}}}, false},
      {{"/health", "192.0.2.8", "probe", {}}, false},
      {{"/other", "192.0.2.7", "", {}}, false},
      {{"", "", "", {}}, true},
  };
  LogEntry entry = Get("/health?x");
  entry.client = "192.0.2.7";
  entry.agent = "probe/1.0";
  entry.status = 204;
  for (const Case& test : cases) {
    CAPTURE(test.rule.url, test.rule.client, test.rule.agent, test.rule.status.size());
    CHECK(Ignored(*Rules({}, {test.rule}), entry) == test.ignored);
    // Any rule suffices, whatever stands before or after it; and the dimensions that are counted do not matter.
    const IgnoreRule never = {"/never", "198.51.100.1", "never", {{599, 599}}};
    CHECK(Ignored(*Rules({}, {never, test.rule, never}, EventTime::kStart, {true, false, false, false}), entry) ==
          test.ignored);
  }
  CHECK_FALSE(Ignored(*Rules(), entry));
}

TEST_CASE("[[ignore]] reads the URL before it is folded, and the client that is the key") {
  KeyOptions keys;
  keys.url = {{"/h/.*", "/folded"}};
  keys.client = "header:X-Forwarded-For";
  LogEntry entry = Get("/h/1");
  entry.client = "192.0.2.1";
  entry.client_header = "203.0.113.9, 192.0.2.1";
  CHECK(Ignored(*Rules(keys, {{"/h/1", "", "", {}}}), entry));
  CHECK_FALSE(Ignored(*Rules(keys, {{"/folded", "", "", {}}}), entry));
  CHECK(Ignored(*Rules(keys, {{"", "203.0.113.0/24", "", {}}}), entry));
  CHECK_FALSE(Ignored(*Rules(keys, {{"", "192.0.2.0/24", "", {}}}), entry));
  entry.client_header = "monitor.example";
  CHECK(Ignored(*Rules(keys, {{"", "monitor.example", "", {}}}), entry));
}

TEST_CASE("an ignored client may be one address of many in a key") {
  LogEntry entry = Get("/");
  entry.client = "2001:db8::1";
  CHECK(Ignored(*Rules({}, {{"", "2001:db8::1", "", {}}}), entry));
  CHECK_FALSE(Ignored(*Rules({}, {{"", "2001:db8::2", "", {}}}), entry));
  entry.client = "::ffff:192.0.2.9";
  CHECK(Ignored(*Rules({}, {{"", "192.0.2.0/24", "", {}}}), entry));
}

TEST_CASE("sixty-four ignore rules, and no more") {
  std::vector<IgnoreRule> rules(63, {"/never", "", "", {}});
  rules.push_back({"/last", "", "", {}});
  CHECK(Ignored(*Rules({}, rules), Get("/last")));
  CHECK_FALSE(Ignored(*Rules({}, rules), Get("/other")));
  rules.push_back({"/x", "", "", {}});
  CHECK(Has(Error({}, rules), "64"));
}

TEST_CASE("mistakes in rules say which and why") {
  KeyOptions bad_match;
  bad_match.url = {{"/cart/(", "/cart"}};
  CHECK(Has(Error(bad_match, {}), "'/cart/('"));
  KeyOptions bad_group;
  bad_group.url = {{"/cart/([0-9])", "/cart/\\2"}};
  CHECK(Has(Error(bad_group, {}), "\\2"));
  CHECK(Has(Error({}, {{"[", "", "", {}}}), "'['"));
  CHECK(Has(Error({}, {{"", "", "(", {}}}), "'('"));
  CHECK(Has(Error({}, {{"", "192.0.2.0/99", "", {}}}), "192.0.2.0/99"));
}

TEST_CASE("only fields that are needed are asked for") {
  struct Case {
    std::array<bool, kDimensionCount> dimensions;
    KeyOptions keys;
    std::vector<IgnoreRule> ignore;
    std::uint32_t fields;
  };
  const std::uint32_t always = kFieldTime | kFieldStatus;
  KeyOptions by_client, by_header, forwarded;
  by_client.user = "client";
  by_header.user = "header:X-User";
  forwarded.client = "header:X-Forwarded-For";
  const std::vector<Case> cases = {
      {{true, false, false, false}, {}, {}, always},
      {{true, true, false, false}, {}, {}, always | kFieldTarget | kFieldHost},
      {{true, false, true, false}, {}, {}, always | kFieldUser},
      {{true, false, false, true}, {}, {}, always | kFieldClient},
      {{true, false, true, false}, by_client, {}, always | kFieldClient},
      {{true, false, true, false}, by_header, {}, always | kFieldUserHeader},
      {{true, false, false, false}, by_header, {}, always},
      {{true, false, false, true}, forwarded, {}, always | kFieldClient | kFieldClientHeader},
      {{true, false, false, false}, forwarded, {}, always},
      {{true, false, false, false}, {}, {{"/x", "", "", {}}}, always | kFieldTarget | kFieldHost},
      {{true, false, false, false}, {}, {{"", "192.0.2.1", "", {}}}, always | kFieldClient},
      {{true, false, false, false}, {}, {{"", "", "x", {}}}, always | kFieldAgent}};
  for (const Case& test : cases) {
    CAPTURE(test.dimensions, test.fields);
    CHECK(Rules(test.keys, test.ignore, EventTime::kStart, test.dimensions)->fields() == test.fields);
    CHECK(Rules(test.keys, test.ignore, EventTime::kEnd, test.dimensions)->fields() == (test.fields | kFieldDuration));
  }
}

}  // namespace socklog::testing
