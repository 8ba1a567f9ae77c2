// check-config: every mistake, with its line and column.
#include "helpers.h"
#include "support/catch.h"

namespace socklog {
namespace {

TEST_CASE("mistakes have their place and, where there is one, the nearest right word") {
  const struct {
    std::string toml;
    std::string text;
  } cases[] = {
      {"", ""},
      {"window = \"10s\"\n[analyze]\n[generate]\n[thresholds]\n", ""},
      {"window = \"10 parsecs\"\n[analyze.threshold]\nerror_rat = 1\n",
       "error c.toml:1:10: '10 parsecs' is not a length of time: write 10s, 5m, 1h30m or 1d\n"
       "error c.toml:3:1: unknown metric 'error_rat' (did you mean 'error_rate'?)\n"},
      {"windw = \"10s\"\n", "error c.toml:1:1: unknown key 'windw' (did you mean 'window'?)\n"},
      {"error-users = 3\n",
       "error c.toml:1:1: unknown key 'error-users' (did you mean 'error_users' under [generate]?)\n"},
      {"qwertyuiop = 3\n", "error c.toml:1:1: unknown key 'qwertyuiop'\n"},
      {"[analyse]\nwindow = \"10s\"\n", "error c.toml:1:2: unknown key 'analyse' (did you mean 'analyze'?)\n"},
      {"analyze = 3\n", "error c.toml:1:11: expected a table, [analyze], found an integer\n"},
      {"[[analyze]]\nwindow = \"10s\"\n", "error c.toml:1:1: expected a table, [analyze], found an array\n"},
      {"thresholds = \"t.toml\"\n", "error c.toml:1:1: 'thresholds' belongs under [analyze]\n"},
      {"rate = 5\n", "error c.toml:1:1: 'rate' belongs under [generate]\n"},
      {"[analyze]\n  rate = 5\n", "error c.toml:2:3: 'rate' belongs under [generate], not in [analyze]\n"},
      {"[analyze]\nconfig = \"x\"\n", "error c.toml:2:1: 'config' is a flag only: it has no place in a file\n"},
      {"user_key = \"client\"\n", "error c.toml:1:1: write this as user under [keys]\n"},
      {"[keys]\nusr = \"client\"\n", "error c.toml:2:1: unknown key 'usr' in [keys] (did you mean 'user'?)\n"},
      {"errors = \"500-599\"\n", "error c.toml:1:10: expected a table, [errors], found a string\n"},
      {"[errors]\nstatus = \"400-699\"\n",
       "error c.toml:2:10: '400-699' is not a status or a range of them in 100 to 599, such as 400-599\n"},
      {"[analyze]\nwindow = 10\n", "error c.toml:2:10: '10' is not a length of time: write 10s, 5m, 1h30m or 1d\n"},
      {"[analyze]\nwindow = true\n", "error c.toml:2:10: expected a length of time such as \"10s\", found a boolean\n"},
      {"[analyze]\nfollow = \"yes\"\n", "error c.toml:2:10: expected true or false, found a string\n"},
      {"[analyze]\nwindow = [\"10s\"]\n",
       "error c.toml:2:10: expected a length of time such as \"10s\", found an array\n"},
      {"[analyze]\nthreshold = 3\n", "error c.toml:2:13: expected a table of METRIC=VALUE, found an integer\n"},
      {"[analyze]\nmetrics = [\"error_rate\", \"x\"]\n", "error c.toml:2:26: unknown metric 'x'\n"},
      {"[analyze]\nmetrics = [[\"error_rate\"]]\n", "error c.toml:2:12: expected a string, found an array\n"},
      {"[analyze.threshold]\nerror_rate = 20\n",
       "error c.toml:2:14: '20' is outside 0 to 100 %: 1 is 100 %; write 20% or 0.2; error_rate is a ratio\n"},
      {"[analyze.threshold]\nerror_rate = true\n", "error c.toml:2:14: expected a number, found a boolean\n"},
      {"[label]\n\"a b\" = \"x\"\n",
       "error c.toml:2:1: 'a b' is not the name of a label: letters, digits and _, no digit first\n"},
      {"slide = \"3s\"\n", "error c.toml:1:9: the slide 3s does not divide the window 10s\n"},
      {"[generate]\nrate = inf\n", "error c.toml:2:8: 'inf' is not a number\n"},
      {"[generate]\nerror_users = 30\n", "warning c.toml:2:15: has no effect without --error-urls and --error-rate\n"},
      {"[analyze]\nclose = true\n", "warning c.toml:2:9: has no effect without --state\n"},
      {"type = \"socklog.threshold.v1\"\n",
       "error c.toml:1:1: 'made_with' is missing\nerror c.toml:1:1: 'threshold' is missing\n"
       "error c.toml:1:8: this is no thresholds file of this version: its type is 'socklog.threshold.v1', not "
       "'socklog.thresholds.v1'\n"},
  };
  for (const auto& c : cases) {
    INFO(c.toml);
    CHECK(Check(c.toml) == c.text);
  }
}

TEST_CASE("what is no TOML has its line and column") {
  const struct {
    std::string toml;
    std::string place;
  } cases[] = {
      {"window = \n", "c.toml:1:"},
      {"a = 1\na = 2\n", "c.toml:2:"},
      {"[analyze\n", "c.toml:1:"},
      {"x = \"\xff\"\n", "c.toml:1:"},
      {std::string("x = \"a\0b\"\n", 10), "c.toml:1:"},
      {"x = \"unended", "c.toml:1:"},
  };
  for (const auto& c : cases) {
    const std::string text = Check(c.toml);
    INFO(text);
    CHECK(text.find("error " + c.place) == 0);
    CHECK(text.find("this is no TOML: ") != std::string::npos);
  }
}

TEST_CASE("nesting is bounded") {
  std::string dotted = "a";
  for (int i = 0; i < 100'000; ++i) dotted += ".a";
  CHECK(Check(dotted + " = 1\n") == "error c.toml:1:1: a key with more than 200 parts\n");
  CHECK(Check("[" + dotted + "]\n") == "error c.toml:1:1: a key with more than 200 parts\n");
  CHECK(Check("a = " + std::string(100'000, '[')).find("error c.toml:1:") == 0);
  CHECK(Check("# " + std::string(500, '.') + "\n[analyze]\nlog_format = \"" + std::string(500, '.') + "\"\n").empty());
}

TEST_CASE("columns count characters") {
  CHECK(Check("label = { team = \"\u00e9\u00e9\u00e9\", x = 3 }\n") ==
        "error c.toml:1:29: expected a string, found an integer\n");
}

TEST_CASE("the format check of the caller is asked, and its answer has the format's place") {
  std::vector<Command> asked;
  CheckHooks hooks;
  hooks.check_format = [&](Command command, const Options& options) {
    asked.push_back(command);
    return options.format.log_format == "good" ? Status() : Status::Usage("no format");
  };
  CHECK(Check("window = \"5s\"\n", hooks).empty());
  CHECK(asked.empty());
  CHECK(Check("[analyze]\nlog_format = \"good\"\n", hooks).empty());
  CHECK(asked == std::vector<Command>{kCommandAnalyze});
  CHECK(Check("[thresholds]\nlog_format = \"bad\"\n", hooks) == "error c.toml:2:14: no format\n");
  asked.clear();
  CHECK(Check("log_format = \"bad\"\n", hooks) == "error c.toml:1:14: no format\n");
  CHECK(asked.size() == 3);
}

TEST_CASE("the check of topics is asked where there are some, and its warnings have their topic's place") {
  int asked = 0;
  CheckHooks hooks;
  hooks.check_kafka = [&](const ConnectionOptions&, const std::vector<EndpointUse>& topics,
                          std::vector<std::string>* warnings) {
    ++asked;
    for (const EndpointUse& topic : topics) warnings->push_back(topic.text + " is insecure");
    return Status();
  };
  hooks.touch_files = true;
  CHECK(Check("[analyze]\nwindow = \"5s\"\n", hooks).empty());
  CHECK(asked == 0);
  CHECK(Check("[analyze]\nfrom = \"kafka://a/t\"\nwindows_to = \"kafka://b/u\"\n", hooks) ==
        "warning c.toml:2:8: kafka://a/t is insecure\nwarning c.toml:3:14: kafka://b/u is insecure\n");
}

TEST_CASE("the summary says what the file is") {
  Diagnostics diagnostics;
  const FileSummary summary = CheckText("c.toml",
                                        "window = \"5s\"\n[keys]\nuser = \"client\"\n[[ignore]]\nurl = "
                                        "\"/a\"\n[[ignore]]\nurl = \"/b\"\n[analyze]\nmetrics = [\"error_rate\"]\n",
                                        {}, &diagnostics);
  CHECK(summary.kind == FileSummary::Kind::kConfiguration);
  CHECK(summary.settings == 5);
  CHECK(CheckFile("/nonexistent/c.toml", {}, &diagnostics).kind == FileSummary::Kind::kUnknown);
  CHECK(Text(diagnostics) == "error /nonexistent/c.toml: cannot be opened: No such file or directory\n");
}

}  // namespace
}  // namespace socklog
