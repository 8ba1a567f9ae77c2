// Endpoints: two streams on one, states, TLS, insecure transports.
#include <sys/stat.h>

#include <algorithm>
#include <ctime>

#include "helpers.h"
#include "support/catch.h"

namespace socklog {
namespace {

TEST_CASE("two streams on one endpoint are an error") {
  const TempDir dir;
  const std::string link = dir.Path("link");
  const std::string real = dir.Write("real", "");
  std::filesystem::create_symlink(real, link);
  const std::string hard = dir.Path("hard");
  std::filesystem::create_hard_link(real, hard);
  const struct {
    Command command;
    std::vector<FlagUse> flags;
    std::string text;
  } cases[] = {
      {kCommandAnalyze,
       {{"alerts-to", "x"}, {"windows-to", "x"}},
       "error --windows-to: 'x' is taken by --alerts-to: send --windows-to somewhere else\n"},
      {kCommandAnalyze,
       {{"windows-to", "-"}},
       "error --windows-to: stdout has the alerts: send --windows-to somewhere else, or the alerts with --alerts-to\n"},
      {kCommandAnalyze,
       {{"alerts-to", "-"}, {"summary", "-"}},
       "error --summary: stdout is taken by --alerts-to: send --summary somewhere else\n"},
      {kCommandAnalyze, {{"windows-to", "-"}, {"alerts-to", "a"}}, ""},
      {kCommandAnalyze,
       {{"summary", "/dev/stdout"}},
       "error --summary: '/dev/stdout' has the alerts: send --summary somewhere else, or the alerts with "
       "--alerts-to\n"},
      {kCommandAnalyze,
       {{"invalid-requests", "./y"}, {"late-to", "y"}},
       "error --late-to: 'y' is taken by --invalid-requests: send --late-to somewhere else\n"},
      {kCommandAnalyze, {{"invalid-requests", "/dev/null"}, {"late-to", "/dev/null"}}, ""},
      {kCommandAnalyze,
       {{"alerts-to", "a"}, {"alerts-to", "a"}},
       "error --alerts-to: 'a' is taken by --alerts-to: send --alerts-to somewhere else\n"},
      {kCommandAnalyze,
       {{"alerts-to", "tcp://localhost:1"}, {"windows-to", "tcp://127.0.0.1:1"}},
       "error --windows-to: 'tcp://127.0.0.1:1' is taken by --alerts-to: send --windows-to somewhere else\n"},
      {kCommandAnalyze,
       {{"from", "tcp-listen://:1"}, {"alerts-to", "tcp-listen://127.0.0.1:1"}},
       "error --alerts-to: 'tcp-listen://127.0.0.1:1' is read as input: send --alerts-to somewhere else\n"},
      {kCommandAnalyze,
       {{"from", "x.log"}, {"alerts-to", "x.log"}},
       "error --alerts-to: 'x.log' is read as input: send --alerts-to somewhere else\n"},
      {kCommandAnalyze,
       {{"from", "x.log"}, {"from", "y.log"}, {"from", "./x.log"}},
       "error --from: 'x.log' and './x.log' are the same input; its lines would count twice, so give it once\n"},
      {kCommandAnalyze,
       {{"from", "tcp://localhost:1"}, {"from", "tcp://logs.example:1"}, {"from", "tcp://127.0.0.1:1"}},
       "error --from: 'tcp://localhost:1' and 'tcp://127.0.0.1:1' are the same input; its lines would count twice, so "
       "give it once\n"},
      {kCommandAnalyze,
       {{"from", "-"}, {"from", "-"}},
       "error --from: '-' and '-' are the same input; its lines would count twice, so give it once\n"},
      {kCommandAnalyze, {{"from", "-"}}, ""},
      {kCommandAnalyze,
       {{"alerts-to", real}, {"windows-to", link}},
       "error --windows-to: '" + link + "' is taken by --alerts-to: send --windows-to somewhere else\n"},
      {kCommandAnalyze,
       {{"alerts-to", real}, {"windows-to", hard}},
       "error --windows-to: '" + hard + "' is taken by --alerts-to: send --windows-to somewhere else\n"},
      {kCommandAnalyze,
       {{"windows-to", "/dev/fd/1"}},
       "error --windows-to: '/dev/fd/1' has the alerts: send --windows-to somewhere else, or the alerts with "
       "--alerts-to\n"},
      {kCommandAnalyze, {{"from", "-"}, {"alerts-to", "a"}, {"windows-to", "/dev/stdout"}}, ""},
      {kCommandThresholds,
       {{"summary", "-"}},
       "error --summary: stdout has the thresholds: send --summary somewhere else, or the thresholds with "
       "--output-file\n"},
      {kCommandThresholds, {{"summary", "-"}, {"output-file", "t.toml"}}, ""},
      {kCommandThresholds,
       {{"from", "t.toml"}, {"output-file", "t.toml"}},
       "error --output-file: 't.toml' is read as input: send --output-file somewhere else\n"},
      {kCommandGenerate, {{"to", "a"}, {"to", "b"}}, ""},
      {kCommandGenerate, {{"port", "9999"}, {"to", "tcp-listen://:9999"}}, "error --host"},
  };
  for (const auto& c : cases) {
    const Built built = Build(c.command, c.flags);
    INFO(c.flags.front().value);
    if (c.text == "error --host") {
      CHECK(built.wrong);
    } else {
      CHECK(built.text == c.text);
    }
  }
}

TEST_CASE("thousands of inputs are compared at once") {
  std::string inputs;
  for (int i = 0; i < 20'000; ++i) inputs += "\"/var/log/host" + std::to_string(i) + ".example/access.log\",\n";
  const std::clock_t start = std::clock();
  const std::string text = Check("[analyze]\nfrom = [\n" + inputs + "\"/var/log/./host7.example/access.log\"]\n");
  CHECK(text.find(
            "error c.toml:20003:1: '/var/log/host7.example/access.log' and '/var/log/./host7.example/access.log'") ==
        0);
  CHECK(std::count(text.begin(), text.end(), '\n') == 1);
  CHECK((std::clock() - start) / CLOCKS_PER_SEC < 20);  // one by one it takes minutes
}

TEST_CASE("what is written at the end can be written") {
  const TempDir dir;
  const std::string missing = dir.Path("none/x");
  CHECK(Build(kCommandAnalyze, {{"summary", dir.Path("new")}}).text.empty());
  CHECK(Build(kCommandAnalyze, {{"summary", "new-file-here"}}).text.empty());
  CHECK(Build(kCommandAnalyze, {{"summary", missing}}).text ==
        "error --summary: cannot write '" + missing + "': No such file or directory\n");
  CHECK(Build(kCommandThresholds, {{"output-file", missing}}).text ==
        "error --output-file: cannot write '" + missing + "': No such file or directory\n");
  CHECK(Build(kCommandThresholds, {{"report", dir.Path(".")}}).text ==
        "error --report: '" + dir.Path(".") + "' is a directory; give a file\n");
  // The machine that a file is for may be another one.
  CHECK(Check("[analyze]\nsummary = \"/nonexistent/x\"\n").empty());
}

TEST_CASE("a group has a name of which others can be made") {
  const FlagUse logs{"from", "kafka://a/logs"};
  const auto text_of = [&](const std::string& name) { return Build(kCommandAnalyze, {logs, {"group", name}}).text; };
  CHECK(text_of(std::string(249, 'g')).empty());
  CHECK(text_of("shop / a\u00f1o").empty());
  CHECK(text_of(std::string(250, 'g')).find("at most 249 bytes") != std::string::npos);
  CHECK(text_of("a\nb").find("no control characters") != std::string::npos);
}

TEST_CASE("a group's state is on the brokers that are read") {
  const FlagUse group{"group", "g"};
  const FlagUse logs{"from", "kafka://a:1,b:2/logs"};
  CHECK(Build(kCommandAnalyze, {group, logs, {"close", ""}, {"state-topic", "s"}}).text.empty());
  CHECK(Build(kCommandAnalyze, {group, logs, {"alerts-to", "kafka://b:2,a:1/alerts"}}).text.empty());
  CHECK(Build(kCommandAnalyze, {group, logs, {"late-to", "kafka://c:3/late"}}).text.empty());
  CHECK(Build(kCommandAnalyze, {group, logs, {"windows-to", "kafka://c:3/windows"}})
            .text.starts_with("error --windows-to: 'kafka://c:3/windows' has other brokers than "
                              "'kafka://a:1,b:2/logs'; with --group all is one "
                              "transaction"));
  CHECK(Build(kCommandAnalyze, {group, logs, {"from", "kafka://c:3/logs"}}).text.starts_with("error --from: "));
  CHECK(Build(kCommandAnalyze, {group, logs, {"from", "-"}}).text ==
        "error --group: --group needs inputs that can be read again, files or Kafka; '-' cannot\n");
  CHECK(Build(kCommandAnalyze, {group, logs, {"state-topic", "logs"}}).text ==
        "error --state-topic: 'kafka://a:1,b:2/logs' is read as input: send --state-topic somewhere else\n");
  CHECK(Build(kCommandAnalyze, {group, logs, {"alerts-to", "kafka://b:2,a:1/socklog-state"}}).text ==
        "error --state-topic: 'kafka://a:1,b:2/socklog-state' is taken by --alerts-to: send --state-topic somewhere "
        "else\n");
  CHECK(Build(kCommandAnalyze, {group, logs, {"state-topic", "no topic"}}).text.starts_with("error --state-topic: "));
  CHECK(Build(kCommandAnalyze, {group, logs, {"state", "d"}, {"windows-to", "kafka://c:3/windows"}}).text.empty());
  CHECK(Build(kCommandAnalyze, {logs, {"state-topic", "s"}}).text ==
        "warning --state-topic: has no effect without --group\n");
  CHECK(Build(kCommandAnalyze, {group, logs, {"standby", ""}}).text.empty());
  CHECK(Build(kCommandAnalyze, {logs, {"standby", ""}}).text == "warning --standby: has no effect without --group\n");
  CHECK(Build(kCommandAnalyze, {group, logs, {"state", "d"}, {"state-topic", "s"}}).text ==
        "warning --state-topic: has no effect with --state\n");
}

TEST_CASE("instances that stand by have no files: the next may be on another machine") {
  const FlagUse group{"group", "g"};
  const FlagUse logs{"from", "kafka://a/logs"};
  const FlagUse standby{"standby", ""};
  const std::string why = "' is a file of this machine, and with --standby the work may go on at another one: send ";
  CHECK(Build(kCommandAnalyze, {group, logs, standby, {"from", "a.log"}}).text ==
        "error --from: 'a.log" + why + "its lines to a topic, or run one instance, without --standby\n");
  for (const std::string option : {"alerts-to", "windows-to", "late-to", "invalid-requests"}) {
    CHECK(Build(kCommandAnalyze, {group, logs, standby, {option, "file"}}).text ==
          "error --" + option + ": 'file" + why + "--" + option +
              " to a topic, or run one instance, without --standby\n");
    CHECK(Build(kCommandAnalyze, {group, logs, {option, "file"}}).text.empty());
    CHECK(Build(kCommandAnalyze, {group, logs, standby, {option, "/dev/null"}}).text.empty());
    CHECK(Build(kCommandAnalyze, {group, logs, standby, {option, "kafka://a/file"}}).text.empty());
  }
  CHECK(Build(kCommandAnalyze, {group, logs, standby, {"alerts-to", "-"}, {"summary", "file"}}).text.empty());
}

TEST_CASE("--state needs inputs that can be read again") {
  CHECK(Build(kCommandAnalyze, {{"state", "s"}, {"from", "a.log"}}).text.empty());
  for (const char* input : {"-", "tcp://localhost:1", "unix:/tmp/x", "tcp-listen://:1"}) {
    const Built built = Build(kCommandAnalyze, {{"state", "s"}, {"from", "a.log"}, {"from", input}});
    CHECK(built.text == std::string("error --state: --state needs inputs that can be read again, files or Kafka; '") +
                            input + "' cannot\n");
  }
  CHECK(Build(kCommandAnalyze, {{"state", "s"}}).text ==
        "error --state: --state needs inputs that can be read again, files or Kafka; stdin cannot\n");
  // In a file the input may be missing: the command line can name it.
  CHECK(Check("[analyze]\nstate = \"s\"\n").empty());
}

TEST_CASE("certificates and keys are looked at") {
  const TempDir dir;
  const std::string cert = dir.Write("cert.pem", "x");
  const std::string key = dir.Write("key.pem", "x");
  chmod(key.c_str(), 0600);
  CHECK(Build(kCommandAnalyze, {{"tls-cert", cert}, {"tls-key", key}}).text.empty());
  CHECK(Build(kCommandAnalyze, {{"tls-key", key}}).text ==
        "error --tls-key: a key needs its certificate: give --tls-cert\n");
  CHECK(Build(kCommandAnalyze, {{"tls-cert", cert}}).text ==
        "error --tls-cert: a certificate needs its key: give --tls-key\n");
  CHECK(Build(kCommandAnalyze, {{"tls-ca", dir.Path("none")}}).text ==
        "error --tls-ca: cannot read '" + dir.Path("none") + "': No such file or directory\n");
  CHECK(Build(kCommandGenerate, {{"to", "tls-listen://:1"}}).text ==
        "error --to: 'tls-listen://:1' needs --tls-cert and --tls-key\n");
  for (const mode_t mode : {0604, 0640}) {
    chmod(key.c_str(), mode);
    CHECK(Build(kCommandAnalyze, {{"tls-cert", cert}, {"tls-key", key}}).text ==
          "error --tls-key: other users can read or change the private key '" + key + "': run chmod 600 on it\n");
  }
  CheckHooks hooks;
  hooks.touch_files = false;
  CHECK(Check("tls_ca = \"/nonexistent\"\n", hooks).empty());
}

TEST_CASE("check-config warns of insecure transports") {
  const struct {
    std::string endpoint;
    std::string warning;  // a piece of it, empty: none
  } cases[] = {
      {"tcp://192.0.2.1:1", "neither encrypted nor authenticated"},
      {"tcp://logs.example.com:1", "neither encrypted nor authenticated"},
      {"tcp://127.0.0.1:1", ""},
      {"tcp://localhost:1", ""},
      {"tcp://LocalHost:1", ""},
      {"tcp://[::1]:1", ""},
      {"tcp://[0:0:0:0:0:0:0:1]:1", ""},
      {"tcp://127.1.2.3:1", ""},
      {"tcp://127.evil.example:1", "neither encrypted nor authenticated"},
      {"tls://192.0.2.1:1", ""},
      {"unix:/run/x", ""},
      {"tcp-listen://:1", ""},
      {"tcp-listen://0.0.0.0:1", "anybody on the network may connect"},
      {"tcp-listen://[::]:1", "anybody on the network may connect"},
  };
  for (const auto& c : cases) {
    const std::string text = Check("[analyze]\nfrom = \"" + c.endpoint + "\"\n");
    INFO(c.endpoint << ": " << text);
    CHECK(text.empty() == c.warning.empty());
    CHECK(text.find(c.warning) != std::string::npos);
    if (!text.empty()) CHECK(text.find("warning c.toml:2:8: ") == 0);
    // A run does what it is told.
    CHECK(Build(kCommandAnalyze, {{"from", c.endpoint}}).text.empty());
  }
}

TEST_CASE("endpoints are read as the jobs read them") {
  // A mistake here was a file there, and the other way round.
  CHECK(Check("[analyze]\nfrom = \"tcp:localhost:1\"\n") ==
        "error c.toml:2:8: 'tcp:localhost:1': write tcp://HOST:PORT\n");
  CHECK(Check("[analyze]\nfrom = \"tcp://localhost:1/\"\n").empty());
  CHECK(Check("[analyze]\nfrom = \"tcp://a b:1\"\n") ==
        "error c.toml:2:8: 'tcp://a b:1': host 'a b' is no host name\n");
  CHECK(Check("[analyze]\nstate = \"s\"\nfrom = \"dir/x://y\"\n").empty());
}

// "PLACE ENDPOINT ROLE" of all that a file names, one a line.
std::string Listed(const std::string& toml) {
  Diagnostics diagnostics;
  const FileSummary summary = CheckText("c.toml", toml, {.touch_files = false}, &diagnostics);
  std::string text;
  for (const NamedEndpoint& endpoint : summary.endpoints) {
    text += endpoint.place.Text() + ' ' + endpoint.use.text + ' ' +
            std::to_string(static_cast<int>(endpoint.use.role)) + '\n';
  }
  return text;
}

TEST_CASE("what a file names is listed once for each use, with its place") {
  CHECK(Listed("port = 99\n"
               "[analyze]\nfrom = [\"a.log\", \"-\"]\nalerts_to = [\"-\", \"unix:s\"]\nlate_to = \"tcp://x:1\"\nstate "
               "= \"d\"\n"
               "[thresholds]\nfrom = \"a.log\"\noutput_file = \"t.toml\"\n") ==
        "c.toml:3:9 a.log 0\n"
        "c.toml:1:8 tcp://localhost:99 0\n"
        "c.toml:4:19 unix:s 1\n"
        "c.toml:5:11 tcp://x:1 2\n"
        "c.toml:6:9 d 3\n"
        "c.toml:9:15 t.toml 2\n");
  // A group's transactions write some topics, and the state, which is named by default.
  CHECK(Listed("[analyze]\nfrom = \"kafka://b/logs\"\nalerts_to = [\"kafka://b/alerts\", \"a.json\"]\n"
               "late_to = \"kafka://b/late\"\ngroup = \"g\"\n") ==
        "c.toml:2:8 kafka://b/logs 0\n"
        "c.toml:3:14 kafka://b/alerts 4\n"
        "c.toml:3:34 a.json 1\n"
        "c.toml:4:11 kafka://b/late 1\n"
        "c.toml:5:9 kafka://b/socklog-state 5\n");
  CHECK(Listed(
            "[analyze]\nfrom = \"kafka://b/logs\"\nalerts_to = \"kafka://b/alerts\"\nstate = \"s\"\ngroup = \"g\"\n") ==
        "c.toml:2:8 kafka://b/logs 0\nc.toml:3:13 kafka://b/alerts 1\nc.toml:4:9 s 3\n");
  // Without a section it is for every command.
  CHECK(Listed("port = 99\n") == "c.toml:1:8 tcp-listen://localhost:99 1\nc.toml:1:8 tcp://localhost:99 0\n");
  CHECK(Listed("port = 99\n[generate]\n") == "c.toml:1:8 tcp-listen://localhost:99 1\n");
}

}  // namespace
}  // namespace socklog
