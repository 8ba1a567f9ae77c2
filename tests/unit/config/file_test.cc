// TOML: sections, precedence, types.
#include "helpers.h"
#include "support/catch.h"

namespace socklog {
namespace {

TEST_CASE("flags win over the section, the section over the top level, that over defaults") {
  const std::string toml =
      "window = \"20s\"\nlateness = \"1s\"\nmax_gap = \"2d\"\nfrom = [\"top.log\"]\n"
      "[analyze]\nwindow = \"40s\"\nlateness = \"2s\"\nfrom = [\"a.log\", \"b.log\"]\n";
  const Built built = BuildWithFile(kCommandAnalyze, toml, {{"lateness", "3s"}});
  CHECK(built.text == "");
  CHECK(built.options.window.lateness == 3 * kSecond);
  CHECK(built.options.window.window == 40 * kSecond);
  CHECK(built.options.window.max_gap == 2 * kDay);
  CHECK(built.options.window.max_ahead == 10 * kMinute);
  CHECK(built.options.input.inputs == std::vector<std::string>{"a.log", "b.log"});
  CHECK(built.options.common.config.find("c.toml") != std::string::npos);

  // A list is replaced as a whole, a map entry by entry.
  CHECK(BuildWithFile(kCommandAnalyze, toml, {{"from", "f.log"}}).options.input.inputs ==
        std::vector<std::string>{"f.log"});
  CHECK(BuildWithFile(kCommandThresholds, toml).options.input.inputs == std::vector<std::string>{"top.log"});
  const Built map = BuildWithFile(kCommandAnalyze, "[analyze.threshold]\nerror_rate = 0.1\nrequest_rate = 5\n",
                                  {{"threshold", "error_rate=0.3"}});
  CHECK(map.options.analyze.threshold == std::map<std::string, double>{{"error_rate", 0.3}, {"request_rate", 5}});
  // Flags win whatever the file's order of sections.
  CHECK(
      BuildWithFile(kCommandAnalyze, "[keys]\nipv6_prefix = 56\n[errors]\nstatus = \"500-599\"\n", {{"errors", "404"}})
          .options.keys.errors.size() == 1);
}

TEST_CASE("a value that is overridden is checked all the same") {
  const Built built = BuildWithFile(kCommandAnalyze, "window = \"x\"\n", {{"window", "10s"}});
  CHECK(built.wrong);
  CHECK(built.text.find("c.toml:1:10: 'x' is not a length of time") != std::string::npos);
}

TEST_CASE("every type of TOML is taken where it makes sense") {
  const std::string toml =
      "tz = 'Europe/Berlin'\nno_progress = true\nmax_memory = 1073741824\nsince = 2026-01-01T00:00:00+01:00\nuntil = "
      "2026-01-02\n"
      "[keys]\nuser = \"client\"\nclient = \"header:X-Real-IP\"\nipv6_prefix = 56\n"
      "[errors]\nstatus = [404, \"500-599\"]\n"
      "[label]\nteam = \"socks\"\n"
      "[analyze]\nmetrics = [\"error_rate\", \"request_rate\"]\nalerts_to = \"alerts.jsonl\"\nclear = 0.9\nfollow = "
      "true\ntop = 5\n"
      "threshold.error_rate = \"7%\"\nthreshold.request_rate = 12.5\nmin_samples.error_rate = 50\nseverity.error_rate "
      "= \"page\"\n";
  const Built built = BuildWithFile(kCommandAnalyze, toml);
  CHECK(built.text == "");
  const Options& o = built.options;
  CHECK(o.format.tz == "Europe/Berlin");
  CHECK_FALSE(o.common.progress);
  CHECK(o.window.max_memory == 1u << 30);
  CHECK(*o.input.until - *o.input.since == 25 * kHour);
  CHECK(o.keys.user == "client");
  CHECK(o.keys.client == "header:X-Real-IP");
  CHECK(o.keys.ipv6_prefix == 56);
  CHECK(o.keys.errors.size() == 2);
  CHECK(o.alert.labels.at("team") == "socks");
  CHECK(o.analyze.metrics.size() == 2);
  CHECK(o.analyze.alerts_to == std::vector<std::string>{"alerts.jsonl"});
  CHECK(o.alert.clear == 0.9);
  CHECK(o.input.follow);
  CHECK(o.analyze.top == 5);
  CHECK(o.analyze.threshold == std::map<std::string, double>{{"error_rate", 0.07}, {"request_rate", 12.5}});
  CHECK(o.analyze.min_samples.at("error_rate") == 50);
  CHECK(o.alert.severity.at("error_rate") == "page");

  for (const char* rate : {"5", "5.0", "\"5\""}) {
    CHECK(BuildWithFile(kCommandGenerate, "[generate]\nrate = " + std::string(rate) + "\n").options.generate.rate == 5);
  }
  CHECK(BuildWithFile(kCommandGenerate, "[generate]\nerror_users = 30\nerror_rate = 60\nerror_urls = 50.0\n")
            .options.generate.error_users == 0.3);
  CHECK(BuildWithFile(kCommandGenerate, "[generate]\nerror_status = [\"404:5\", 500]\n")
            .options.generate.error_status.size() == 2);
}

TEST_CASE("a command ignores the sections of the others, but not what is unknown at the top") {
  CHECK(BuildWithFile(kCommandAnalyze, "[generate]\nrate = \"nonsense\"\n").text == "");
  CHECK(BuildWithFile(kCommandGenerate, "window = \"10 parsecs\"\n").text == "");
  CHECK(BuildWithFile(kCommandGenerate, "windw = \"10s\"\n")
            .text.find(":1:1: unknown key 'windw' (did you mean 'window'?)") != std::string::npos);
}

TEST_CASE("what --config names must be a configuration") {
  const TempDir dir;
  CHECK(Build(kCommandAnalyze, {{"config", dir.Path("none.toml")}})
            .text.find("none.toml cannot be opened: No such file") != std::string::npos);
  CHECK(Build(kCommandAnalyze, {{"config", dir.Path("")}}).text.find("cannot be read: Is a directory") !=
        std::string::npos);
  CHECK(Build(kCommandAnalyze, {{"config", dir.Write("t.toml", "type = \"socklog.thresholds.v1\"\n")}})
            .text.find("give it with --thresholds") != std::string::npos);
  CHECK(Build(kCommandAnalyze, {{"config", dir.Write("big.toml", std::string(5u << 20, '#'))}})
            .text.find("larger than 4 MiB") != std::string::npos);
}

}  // namespace
}  // namespace socklog
