// Every kind of value, as a flag.
#include "helpers.h"
#include "support/catch.h"

namespace socklog {
namespace {

struct BadValue {
  Command command;
  std::string flag;
  std::string value;
  std::string message;  // a piece of it
};

TEST_CASE("a bad value is explained") {
  const BadValue cases[] = {
      {kCommandAnalyze, "window", "10 parsecs", "'10 parsecs' is not a length of time"},
      {kCommandAnalyze, "window", "", "'' is not a length of time"},
      {kCommandAnalyze, "window", "0", "the least is 1s"},
      {kCommandAnalyze, "window", "1500ms", "whole seconds"},
      {kCommandAnalyze, "window", "-5s", "not a length of time"},
      {kCommandAnalyze, "window", "10", "not a length of time"},
      {kCommandAnalyze, "slide", "500ms", "the least is 1s"},
      {kCommandAnalyze, "lateness", "-1s", "not a length of time"},
      {kCommandAnalyze, "idle-timeout", "0", "must be more than 0"},
      {kCommandAnalyze, "event-time", "begin", "'begin' is not start or end"},
      {kCommandAnalyze, "output", "jsn", "did you mean 'json'?"},
      {kCommandAnalyze, "color", "allways", "did you mean 'always'?"},
      {kCommandAnalyze, "user-key", "header:", "the name of a header"},
      {kCommandAnalyze, "user-key", "usr", "did you mean 'user'?"},
      {kCommandAnalyze, "client-key", "user", "is not client"},
      {kCommandAnalyze, "ipv6-prefix", "129", "from 1 to 128"},
      {kCommandAnalyze, "errors", "400-600", "in 100 to 599"},
      {kCommandAnalyze, "errors", "500-400", "in 100 to 599"},
      {kCommandAnalyze, "errors", "400,", "'' is not a status"},
      {kCommandAnalyze, "max-memory", "1XB", "is not a size"},
      {kCommandAnalyze, "max-memory", "10kB", "too little"},
      {kCommandAnalyze, "jobs", "two", "is not a whole number"},
      {kCommandAnalyze, "jobs", "-1", "must be from 0 to 1024"},
      {kCommandAnalyze, "top", "100001", "from 0 to 100000"},
      {kCommandAnalyze, "metrics", "error_rate,eror_rate_by_url",
       "unknown metric 'eror_rate_by_url' (did you mean 'error_rate_by_url'?)"},
      {kCommandAnalyze, "threshold", "error_rate", "NAME=VALUE"},
      {kCommandAnalyze, "threshold", "error_rat=1", "did you mean 'error_rate'?"},
      {kCommandAnalyze, "threshold", "error_rate=1.5", "error_rate is a ratio"},
      {kCommandAnalyze, "threshold", "request_rate=-1", "is negative"},
      {kCommandAnalyze, "threshold", "request_rate=many", "is not a number"},
      {kCommandAnalyze, "min-samples", "error_rate=0", "at least 1"},
      {kCommandAnalyze, "severity", "error_rate=very bad", "is not a word"},
      {kCommandAnalyze, "label", "1st=x", "name of a label"},
      {kCommandAnalyze, "label", "team=", "empty"},
      {kCommandAnalyze, "clear", "0", "more than 0"},
      {kCommandAnalyze, "clear", "120%", "outside 0 to 100 %"},
      {kCommandAnalyze, "since", "yesterday", "is not a time"},
      {kCommandAnalyze, "until", "ende", "or end"},
      {kCommandAnalyze, "port", "0", "from 1 to 65535"},
      {kCommandAnalyze, "port", "65536", "from 1 to 65535"},
      {kCommandAnalyze, "state", "", "empty"},
      {kCommandAnalyze, "follow", "yes", "true or false"},
      {kCommandAnalyze, "from", "tpc://h:1", "did you mean 'tcp://'?"},
      {kCommandAnalyze, "from", "kafka://b", "the topic is missing"},
      {kCommandAnalyze, "max-keys", "16000001", "from 64 to 16000000"},
      {kCommandThresholds, "budget", "0", "more than 0"},
      {kCommandThresholds, "budget", "100%", "100 % of the windows"},
      {kCommandThresholds, "budget", "1", "100 % of the windows"},
      {kCommandThresholds, "holdout", "95%", "the most is 90%"},
      {kCommandGenerate, "rate", "0", "more than 0"},
      {kCommandGenerate, "rate", "-3", "more than 0"},
      {kCommandGenerate, "rate", "inf", "not a number"},
      {kCommandGenerate, "rate", "nan", "not a number"},
      {kCommandGenerate, "rate", "5/s", "not a number"},
      {kCommandGenerate, "speed", "-1", "negative"},
      {kCommandGenerate, "count", "1.5", "not a whole number"},
      {kCommandGenerate, "rate", "1e10", "from 0.000001 to 1000000000"},
      {kCommandGenerate, "users", "0", "from 1 to"},
      {kCommandGenerate, "urls", "1000001", "from 1 to 1000000"},
      {kCommandGenerate, "error-users", "101", "outside 0 to 100 %"},
      {kCommandGenerate, "error-status", "404:0", "more than 0"},
      {kCommandGenerate, "error-status", "404:5,404:1", "status 404 is there twice"},
      {kCommandGenerate, "error-status", "42", "from 400 to 599"},
      {kCommandGenerate, "error-status", "200", "from 400 to 599"},
      {kCommandGenerate, "incident", "", "empty"},
      {kCommandGenerate, "incident", "eror-burst", "did you mean 'error-burst'?"},
      {kCommandGenerate, "incident", "error-burst att=5m", "did you mean 'at'?"},
      {kCommandGenerate, "incident", "error-burst at=5m at=6m", "'at' is there twice"},
      {kCommandGenerate, "incident", "error-burst rate=2000%", "outside 0 to 100 %"},
      {kCommandGenerate, "incident", "error-burst url=cart", "begin with /"},
      {kCommandGenerate, "incident", "error-burst for=0s", "must be more than 0"},
  };
  for (const BadValue& bad : cases) {
    const Built built = Build(bad.command, {{bad.flag, bad.value}});
    INFO(bad.flag << '=' << bad.value << ": " << built.text);
    CHECK(built.wrong);
    CHECK(built.text.find("error --" + bad.flag + ": ") == 0);
    CHECK(built.text.find(bad.message) != std::string::npos);
  }
}

TEST_CASE("flags of analyze reach their members") {
  const Built built = Build(kCommandAnalyze, {{"from", "a.log"},
                                              {"from", "tls://192.0.2.1:6514"},
                                              {"window", "1m"},
                                              {"slide", "10s"},
                                              {"lateness", "250ms"},
                                              {"event-time", "end"},
                                              {"idle-timeout", "5s"},
                                              {"max-ahead", "1h"},
                                              {"max-gap", "2d"},
                                              {"max-skew", "3m"},
                                              {"max-keys", "5000"},
                                              {"max-memory", "64MiB"},
                                              {"user-key", "header:X-User"},
                                              {"client-key", "header:X-Forwarded-For"},
                                              {"ipv6-prefix", "48"},
                                              {"errors", "500-599,429"},
                                              {"metrics", "error_rate, request_rate"},
                                              {"metrics", "throttled_rate"},
                                              {"threshold", "error_rate=20%"},
                                              {"threshold", "request_rate=500"},
                                              {"min-samples", "error_rate=7"},
                                              {"for", "30s"},
                                              {"keep-firing-for", "1m"},
                                              {"clear", "80%"},
                                              {"severity", "error_rate=page"},
                                              {"label", "team=socks=wool"},
                                              {"alerts-to", "alerts.jsonl"},
                                              {"alerts-to", "unix:/tmp/a"},
                                              {"windows-to", "w.jsonl"},
                                              {"top", "3"},
                                              {"output", "json"},
                                              {"summary", "s.json"},
                                              {"invalid-requests", "bad.log"},
                                              {"late-to", "late.log"},
                                              {"fail-on-alert", ""},
                                              {"jobs", "2"},
                                              {"since", "2026-01-01"},
                                              {"until", "2026-01-02T00:00:00Z"},
                                              {"tz", "Europe/Paris"},
                                              {"log-format", "combined"},
                                              {"envelope", "message"},
                                              {"follow", ""},
                                              {"reconnect", ""},
                                              {"connect-timeout", "5s"},
                                              {"max-clients", "3"},
                                              {"verbose", ""},
                                              {"verbose", ""},
                                              {"quiet", ""},
                                              {"no-progress", ""},
                                              {"color", "never"}});
  CHECK(built.text.empty());
  const Options& o = built.options;
  CHECK(o.input.inputs == std::vector<std::string>{"a.log", "tls://192.0.2.1:6514"});
  CHECK(o.window.window == kMinute);
  CHECK(o.window.slide == 10 * kSecond);
  CHECK(o.window.lateness == 250 * kMillisecond);
  CHECK(o.window.event_time == EventTime::kEnd);
  CHECK(o.window.idle_timeout == 5 * kSecond);
  CHECK(o.window.max_ahead == kHour);
  CHECK(o.window.max_gap == 2 * kDay);
  CHECK(o.window.max_skew == 3 * kMinute);
  CHECK(o.window.max_keys == 5000);
  CHECK(o.window.max_memory == 64u << 20);
  CHECK(o.keys.user == "header:X-User");
  CHECK(o.keys.client == "header:X-Forwarded-For");
  CHECK(o.keys.ipv6_prefix == 48);
  REQUIRE(o.keys.errors.size() == 2);
  CHECK(o.keys.errors[1].first == 429);
  CHECK(o.keys.errors[1].last == 429);
  CHECK(o.analyze.metrics == std::vector<std::string>{"error_rate", "request_rate", "throttled_rate"});
  CHECK(o.analyze.threshold == std::map<std::string, double>{{"error_rate", 0.2}, {"request_rate", 500}});
  CHECK(o.analyze.min_samples.at("error_rate") == 7);
  CHECK(o.alert.for_time == 30 * kSecond);
  CHECK(o.alert.keep_firing_for == kMinute);
  CHECK(o.alert.clear == 0.8);
  CHECK(o.alert.severity.at("error_rate") == "page");
  CHECK(o.alert.labels.at("team") == "socks=wool");
  CHECK(o.analyze.alerts_to.size() == 2);
  CHECK(o.analyze.windows_to == "w.jsonl");
  CHECK(o.analyze.top == 3);
  CHECK(o.analyze.output == OutputMode::kJson);
  CHECK(o.analyze.summary == "s.json");
  CHECK(o.analyze.invalid_requests == "bad.log");
  CHECK(o.analyze.late_to == "late.log");
  CHECK(o.analyze.fail_on_alert);
  CHECK(o.analyze.jobs == 2);
  CHECK(*o.input.until - *o.input.since == kDay);
  CHECK(o.format.tz == "Europe/Paris");
  CHECK(o.format.log_format == "combined");
  CHECK(o.format.envelope == "message");
  CHECK(o.input.follow);
  CHECK(o.connection.reconnect);
  CHECK(o.connection.connect_timeout == 5 * kSecond);
  CHECK(o.connection.max_clients == 3);
  CHECK(o.common.verbosity == 1);
  CHECK_FALSE(o.common.progress);
  CHECK(o.common.color == ColorMode::kNever);
}

TEST_CASE("flags of generate and thresholds reach their members") {
  const Built built = Build(kCommandGenerate, {{"rate", "0.5"},
                                               {"speed", "0"},
                                               {"count", "0"},
                                               {"duration", "1h30m"},
                                               {"start", "2026-01-01T00:00:00Z"},
                                               {"seed", "18446744073709551615"},
                                               {"users", "5"},
                                               {"clients", "6"},
                                               {"urls", "7"},
                                               {"error-users", "30"},
                                               {"error-rate", "60%"},
                                               {"error-urls", "0.5"},
                                               {"background-error-rate", "0"},
                                               {"error-status", "404:5,500"},
                                               {"daily-cycle", ""},
                                               {"incident", "error-burst at=20h for=5m rate=40 url=/cart"},
                                               {"incident", "error-burst"}});
  CHECK(built.text.empty());
  const GenerateOptions& g = built.options.generate;
  CHECK(g.rate == 0.5);
  CHECK(g.speed == 0);
  CHECK(g.count == 0);
  CHECK(g.duration == 90 * kMinute);
  CHECK(g.start.has_value());
  CHECK(g.seed == 18446744073709551615u);
  CHECK(g.users == 5);
  CHECK(g.clients == 6);
  CHECK(g.urls == 7);
  CHECK(g.error_users == 0.3);
  CHECK(g.error_rate == 0.6);
  CHECK(g.error_urls == 0.005);
  CHECK(g.background_error_rate == 0);
  CHECK(g.error_status == std::vector<std::pair<int, double>>{{404, 5}, {500, 1}});
  CHECK(g.daily_cycle);
  REQUIRE(g.incidents.size() == 2);
  CHECK(g.incidents[0].at == 20 * kHour);
  CHECK(g.incidents[0].length == 5 * kMinute);
  CHECK(g.incidents[0].rate == 0.4);
  CHECK(g.incidents[0].url == "/cart");

  const Built thresholds =
      Build(kCommandThresholds,
            {{"budget", "0.5%"}, {"holdout", "0"}, {"output-file", "t.toml"}, {"report", "r.html"}, {"until", "end"}});
  CHECK(thresholds.text.empty());
  CHECK(thresholds.options.thresholds.budget == 0.005);
  CHECK(thresholds.options.thresholds.holdout == 0);
  CHECK(thresholds.options.thresholds.output_file == "t.toml");
  CHECK(thresholds.options.thresholds.report == "r.html");
  CHECK(thresholds.options.input.until_end);
}

TEST_CASE("--host and --port become an endpoint") {
  const struct {
    Command command;
    std::vector<FlagUse> flags;
    std::string endpoint;
  } cases[] = {
      {kCommandGenerate, {{"host", "127.0.0.1"}, {"port", "7000"}}, "tcp-listen://127.0.0.1:7000"},
      {kCommandGenerate, {{"port", "7000"}}, "tcp-listen://localhost:7000"},
      {kCommandAnalyze, {{"host", "192.0.2.7"}}, "tcp://192.0.2.7:9999"},
      {kCommandThresholds, {{"host", "::1"}, {"port", "1"}}, "tcp://[::1]:1"},
  };
  for (const auto& c : cases) {
    const Built built = Build(c.command, c.flags);
    CHECK(built.text.empty());
    const auto& list = c.command == kCommandGenerate ? built.options.generate.to : built.options.input.inputs;
    CHECK(list == std::vector<std::string>{c.endpoint});
  }
}

TEST_CASE("the last use of a flag counts, and all mistakes are told at once") {
  CHECK(Build(kCommandAnalyze, {{"window", "5s"}, {"window", "20s"}}).options.window.window == 20 * kSecond);
  CHECK_FALSE(Build(kCommandAnalyze, {{"follow", ""}, {"follow", "false"}}).options.input.follow);
  const Built built = Build(kCommandAnalyze, {{"window", "x"}, {"top", "y"}, {"nonsense", "1"}});
  CHECK(built.text.find("--window") != std::string::npos);
  CHECK(built.text.find("--top") != std::string::npos);
  CHECK(built.text.find("--nonsense") != std::string::npos);
}

TEST_CASE("combinations that cannot be meant are told") {
  const struct {
    Command command;
    std::vector<FlagUse> flags;
    std::string text;
  } cases[] = {
      {kCommandAnalyze, {{"slide", "3s"}}, "error --slide: the slide 3s does not divide the window 10s\n"},
      {kCommandAnalyze,
       {{"window", "5s"}, {"slide", "10s"}},
       "error --slide: the slide 10s does not divide the window 5s\n"},
      {kCommandAnalyze,
       {{"window", "x"}, {"slide", "3s"}},
       "error --window: 'x' is not a length of time: write 10s, 5m, 1h30m or 1d\n"},
      {kCommandAnalyze,
       {{"since", "2026-01-02"}, {"until", "2026-01-02"}},
       "error --until: --until 2026-01-02T00:00:00Z is not after --since 2026-01-02T00:00:00Z: no line could count\n"},
      {kCommandAnalyze, {{"close", ""}}, "warning --close: has no effect without --state\n"},
      {kCommandAnalyze, {{"reset-state", ""}}, "warning --reset-state: has no effect without --state\n"},
      {kCommandAnalyze,
       {{"metrics", "error_rate"}, {"threshold", "request_rate=5"}},
       "warning --threshold: request_rate is not among --metrics: this has no effect\n"},
      {kCommandGenerate,
       {{"error-users", "30"}, {"error-rate", "60"}},
       "warning --error-rate: has no effect without --error-urls\n"},
  };
  for (const auto& c : cases) {
    const Built built = Build(c.command, c.flags);
    CHECK(built.text == c.text);
    CHECK(built.wrong == (c.text.find("error ") == 0));
  }
}

}  // namespace
}  // namespace socklog
