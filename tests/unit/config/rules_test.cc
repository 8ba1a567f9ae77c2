// [[keys.url]] and [[ignore]].
#include "helpers.h"
#include "support/catch.h"

namespace socklog {
namespace {

TEST_CASE("rules are read in their order") {
  const Built built = BuildWithFile(kCommandAnalyze,
                                    "[[keys.url]]\nmatch = '/cart/[0-9]+'\nto = '/cart/{id}'\n"
                                    "[[keys.url]]\nmatch = '/(\\w+)/img'\nto = '/\\1/img'\n"
                                    "[[ignore]]\nurl = '/healthz'\nstatus = ['200-299', 304]\n"
                                    "[[ignore]]\nclient = '192.0.2.0/24'\nagent = 'bot'\n");
  CHECK(built.text == "");
  REQUIRE(built.options.keys.url.size() == 2);
  CHECK(built.options.keys.url[0].to == "/cart/{id}");
  CHECK(built.options.keys.url[1].match == "/(\\w+)/img");
  REQUIRE(built.options.ignore.size() == 2);
  REQUIRE(built.options.ignore[0].status.size() == 2);
  CHECK(built.options.ignore[0].status[1].first == 304);
  CHECK(built.options.ignore[1].client == "192.0.2.0/24");
  CHECK(built.options.ignore[1].agent == "bot");
}

TEST_CASE("the rules of a section replace those of the top level") {
  const std::string toml =
      "[[ignore]]\nurl = '/top'\n[[thresholds.ignore]]\nurl = '/mine'\n[[thresholds.keys.url]]\nmatch = 'a'\nto = "
      "'b'\n";
  CHECK(BuildWithFile(kCommandThresholds, toml).options.ignore[0].url == "/mine");
  CHECK(BuildWithFile(kCommandThresholds, toml).options.keys.url.size() == 1);
  CHECK(BuildWithFile(kCommandAnalyze, toml).options.ignore[0].url == "/top");
  CHECK(BuildWithFile(kCommandAnalyze, toml).options.keys.url.empty());
}

TEST_CASE("mistakes in rules have their place") {
  const struct {
    std::string toml;
    std::string text;  // a piece of it
  } cases[] = {
      {"[[keys.url]]\nmatch = '('\nto = '/a'\n", "error c.toml:2:9: not an RE2 expression: "},
      {"[[keys.url]]\nmatch = '/a'\nto = '/\\1'\n", "error c.toml:3:6: 'to' does not go with 'match': "},
      {"[[keys.url]]\nmatch = '/a'\n", "error c.toml:1:1: [[keys.url]] has no 'to'"},
      {"[[keys.url]]\nmatch = '/a'\ntoo = '/b'\n",
       "error c.toml:3:1: unknown key 'too' in [[keys.url]] (did you mean 'to'?)"},
      {"[[keys.url]]\nmatch = 3\nto = '/b'\n", "error c.toml:2:9: expected a string, found an integer"},
      {"[keys]\nurl = 3\n", "error c.toml:2:7: expected tables, [[keys.url]], found an integer"},
      {"[keys]\nurl = [3]\n", "error c.toml:2:8: expected a table, [[keys.url]], found an integer"},
      {"[[ignore]]\n", "error c.toml:1:1: [[ignore]] has no part"},
      {"[[ignore]]\nclient = '192.0.2.0/33'\n",
       "error c.toml:2:10: '192.0.2.0/33' is not a network: the prefix must be from 0 to 32"},
      {"[[ignore]]\nclient = '2001:db8::/129'\n", "from 0 to 128"},
      {"[[ignore]]\nclient = '192.0.2.256'\n", "is not an address, a network"},
      {"[[ignore]]\nclient = '192.0.2.x/24'\n", "is not an address, a network"},
      {"[[ignore]]\nclient = 'a b'\n", "or the name of a host"},
      {"[[ignore]]\nstatus = 99\n", "error c.toml:2:10: '99' is not a status"},
      {"[[ignore]]\nstatus = [200, 3.5]\n", "error c.toml:2:16: expected statuses such as \"400-499\", found a float"},
      {"[[ignore]]\nagent = '*'\n", "error c.toml:2:9: not an RE2 expression"},
      {"[[ignore]]\nurll = 'x'\n", "error c.toml:2:1: unknown key 'urll' in [[ignore]] (did you mean 'url'?)"},
      {"[generate]\n[[generate.ignore]]\nurl = '/a'\n", "error c.toml:2:12: "},
  };
  for (const auto& c : cases) {
    const std::string text = Check(c.toml);
    INFO(c.toml << text);
    CHECK(text.find(c.text) != std::string::npos);
  }
}

TEST_CASE("addresses, networks and names of hosts") {
  for (const char* good : {"192.0.2.1", "192.0.2.0/24", "0.0.0.0/0", "2001:db8::1", "2001:db8::/32", "localhost",
                           "client-1.example", "4.example"}) {
    CHECK(Check(std::string("[[ignore]]\nclient = '") + good + "'\n") == "");
  }
}

}  // namespace
}  // namespace socklog
