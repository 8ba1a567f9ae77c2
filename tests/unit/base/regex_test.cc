#include "base/regex.h"

#include <vector>

#include "support/catch.h"

namespace socklog::testing {
namespace {

Regex Compiled(const std::string& expression) {
  Result<Regex> regex = Regex::Compile(expression);
  REQUIRE(regex.ok());
  return std::move(*regex);
}

}  // namespace

TEST_CASE("bytes, not characters; a dot is any of them") {
  const Regex regex = Compiled("a(.)b");
  std::string_view groups[2];
  for (const std::string& middle : {std::string("\n"), std::string("\xff"), std::string("\0", 1)}) {
    const std::string text = "xa" + middle + "b";
    CHECK(regex.Match(text, Regex::Anchor::kNone, groups, 2));
    CHECK(groups[0] == text.substr(1));
    CHECK(groups[1] == middle);
    CHECK_FALSE(regex.Match(text, Regex::Anchor::kStart));
    CHECK_FALSE(regex.Match(text, Regex::Anchor::kBoth));
  }
  CHECK(regex.Match("a.b and more", Regex::Anchor::kStart));
  CHECK_FALSE(
      regex.Match("a\xc3\xa9"
                  "b",
                  Regex::Anchor::kBoth));  // two bytes
}

TEST_CASE("groups that took no part have no data") {
  const Regex regex = Compiled("(a)|(b)");
  std::string_view groups[3];
  REQUIRE(regex.Match("b", Regex::Anchor::kBoth, groups, 3));
  CHECK(groups[1].data() == nullptr);
  CHECK(groups[2] == "b");
  CHECK(regex.group_count() == 2);
}

TEST_CASE("named groups") {
  const Regex regex = Compiled("(?P<first>a)(b)(?P<third>c)");
  CHECK(regex.group_names() == std::map<std::string, int>{{"first", 1}, {"third", 3}});
}

TEST_CASE("rewriting") {
  const Regex regex = Compiled("/([a-z]+)/([0-9]+)");
  struct Case {
    std::string rewrite, result;
  };
  const auto test = GENERATE(values<Case>({{"/\\1/{id}", "/cart/{id}"},
                                           {"\\2\\1\\2", "17cart17"},
                                           {"\\0!", "/cart/17!"},
                                           {"", ""},
                                           {"\\\\", "\\"},
                                           {"\\3", ""},
                                           {"end\\", "end\\"}}));
  CAPTURE(test.rewrite);
  std::string out = "untouched";
  CHECK(regex.Rewrite("/cart/17", test.rewrite, &out));
  CHECK(out == test.result);
  out = "untouched";
  CHECK_FALSE(regex.Rewrite("/cart/17/", test.rewrite, &out));
  CHECK(out == "untouched");
}

TEST_CASE("what a rewrite may name") {
  const Regex regex = Compiled("(a)(b)");
  CHECK(regex.CheckRewrite("\\1\\2\\0 \\\\").ok());
  CHECK_FALSE(regex.CheckRewrite("\\3").ok());
  CHECK_FALSE(regex.CheckRewrite("\\x").ok());
  CHECK_FALSE(regex.CheckRewrite("end\\").ok());
}

TEST_CASE("mistakes are told with the piece that is wrong") {
  struct Case {
    std::string expression, part;
  };
  const auto test = GENERATE(values<Case>(
      {{"a(b", "a(b"}, {"[z-a]", "z-a"}, {"a**", "**"}, {"(?=x)", "(?="}, {"\\1", "\\1"}, {"x{2,1}", "{2,1}"}}));
  CAPTURE(test.expression);
  const Result<Regex> regex = Regex::Compile(test.expression);
  REQUIRE_FALSE(regex.ok());
  CHECK(regex.status().code() == StatusCode::kUsage);
  CHECK(regex.status().message().find(test.part) != std::string::npos);
}

TEST_CASE("an expression that would take a backtracking engine for ever") {
  const Regex regex = Compiled("(a*)*b");
  CHECK_FALSE(regex.Match(std::string(100'000, 'a'), Regex::Anchor::kBoth));
}

TEST_CASE("escaped text matches itself and nothing else") {
  const std::string text = std::string("a.b*(c)[d]\\\n\xff") + '\0' + "$";
  CHECK(Compiled(EscapeRegex(text)).Match(text, Regex::Anchor::kBoth));
  CHECK_FALSE(Compiled(EscapeRegex("a.b")).Match("axb", Regex::Anchor::kBoth));
}

TEST_CASE("more groups than fit are ignored") {
  std::string expression;
  for (int i = 0; i < 40; ++i) expression += "(a)";
  const std::string text(40, 'a');
  std::vector<std::string_view> groups(41);
  CHECK(Compiled(expression).Match(text, Regex::Anchor::kBoth, groups.data(), 41));
  CHECK(groups[31] == "a");
}

}  // namespace socklog::testing
