// argv -> uses of flags. Both versions of CLI11 that Debian has must do the same.
#include "cli/arguments.h"

#include "support/catch.h"

namespace socklog {
namespace {

// "name=value" for each use, then "|" and each positional, then "!" and each error.
std::string Text(const std::string& command, const std::vector<std::string>& args) {
  const Arguments arguments = ParseArguments(*FindCommand(command), args);
  std::string out;
  for (const FlagUse& flag : arguments.flags) out += flag.name + '=' + flag.value + ' ';
  for (const std::string& positional : arguments.positionals) out += "|" + positional + ' ';
  for (const std::string& error : arguments.errors) out += "!" + error + ' ';
  if (!out.empty()) out.pop_back();
  return out;
}

TEST_CASE("arguments become uses of flags, in their order") {
  const struct {
    std::string command;
    std::vector<std::string> args;
    std::string text;
  } cases[] = {
      {"analyze", {}, ""},
      {"analyze", {"a.log", "b.log"}, "from=a.log from=b.log"},
      {"analyze", {"-"}, "from=-"},
      {"analyze", {"--window", "5s", "a", "--window=6s"}, "window=5s window=6s from=a"},
      {"analyze", {"--from", "x", "y", "--from=z"}, "from=x from=z from=y"},
      {"analyze", {"-j", "2"}, "jobs=2"},
      {"analyze", {"-j2"}, "jobs=2"},
      {"analyze", {"--tz", "-5"}, "tz=-5"},
      {"analyze", {"--summary", "-"}, "summary=-"},
      {"analyze", {"--label=a=b", "--label", "c=d"}, "label=a=b label=c=d"},
      {"analyze", {"--log-format", "%h \"%r\" [%t] 'x' $y, -z"}, "log-format=%h \"%r\" [%t] 'x' $y, -z"},
      {"analyze", {"--log-format", "[%t]", "[x,y]"}, "log-format=[%t] from=[x,y]"},
      {"analyze", {"--envelope", ""}, "envelope="},
      {"analyze", {"--", "--window", "-x", "--"}, "from=--window from=-x from=--"},
      {"analyze", {"a", "--", "b"}, "from=a from=b"},
      {"check-config", {"a", "-q", "b"}, "quiet=true |a |b"},
      {"thresholds", {"-o", "t.toml", "a"}, "output-file=t.toml from=a"},
      {"thresholds", {"-ot.toml"}, "output-file=t.toml"},
  };
  for (const auto& c : cases) {
    INFO(c.text);
    CHECK(Text(c.command, c.args) == c.text);
  }
}

TEST_CASE("switches can be repeated, joined and turned off") {
  CHECK(Text("analyze", {"-v", "-v"}) == "verbose=true verbose=true");
  CHECK(Text("analyze", {"-vvq"}) == "verbose=true verbose=true quiet=true");
  CHECK(Text("analyze", {"--follow", "a"}) == "follow=true from=a");
  CHECK(Text("analyze", {"--follow=false"}) == "follow=false");
  CHECK(Text("analyze", {"--follow=nonsense"}) == "follow=nonsense");
  CHECK(ParseArguments(*FindCommand("analyze"), {"--help"}).help);
  CHECK(ParseArguments(*FindCommand("analyze"), {"-h", "--nonsense"}).help);
  CHECK(ParseArguments(*FindCommand("analyze"), {"--version"}).version);
}

TEST_CASE("wrong arguments are explained") {
  const struct {
    std::string command;
    std::vector<std::string> args;
    std::string text;
  } cases[] = {
      {"analyze", {"--windw", "5s"}, "from=5s !unknown flag '--windw' (did you mean '--window'?)"},
      {"analyze", {"--windw=5s"}, "!unknown flag '--windw=5s' (did you mean '--window'?)"},
      {"analyze", {"--rate=5"}, "!unknown flag '--rate=5' (it is one of 'socklog generate')"},
      {"analyze", {"-x"}, "!unknown flag '-x'"},
      {"analyze", {"--window"}, "!--window needs a value"},
      {"analyze", {"a", "-j"}, "!-j needs a value"},
      {"analyze", {"--window=", "a"}, "!--window= needs a value"},
      {"generate", {"a", "b"}, "!unexpected argument 'a' !unexpected argument 'b'"},
  };
  for (const auto& c : cases) CHECK(Text(c.command, c.args) == c.text);
}

}  // namespace
}  // namespace socklog
