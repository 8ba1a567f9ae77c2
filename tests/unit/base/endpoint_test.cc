#include "base/endpoint.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>

#include "support/catch.h"

namespace socklog {
namespace {

using Kind = Endpoint::Kind;

TEST_CASE("Endpoints as users write them") {
  struct Case {
    const char* text;
    Kind kind;
    const char* path;
    const char* host;
    const char* port;
  };
  const Case cases[] = {
      {"-", Kind::kStdio, "", "", ""},
      {"access.log", Kind::kFile, "access.log", "", ""},
      {"./-", Kind::kFile, "./-", "", ""},
      {"a:b.log", Kind::kFile, "a:b.log", "", ""},
      {"./tcp://x", Kind::kFile, "./tcp://x", "", ""},
      {"dir/x://y", Kind::kFile, "dir/x://y", "", ""},
      {"tcp://localhost:9999", Kind::kTcp, "", "localhost", "9999"},
      {"tcp://localhost:9999/", Kind::kTcp, "", "localhost", "9999"},
      {"tls://logs.example.org:6514", Kind::kTls, "", "logs.example.org", "6514"},
      {"tcp://[2001:db8::1]:99", Kind::kTcp, "", "2001:db8::1", "99"},
      {"tcp-listen://:9999", Kind::kTcpListen, "", "127.0.0.1", "9999"},
      {"tcp-listen://[::1]:9999", Kind::kTcpListen, "", "::1", "9999"},
      {"tls-listen://0.0.0.0:1", Kind::kTlsListen, "", "0.0.0.0", "1"},
      {"tcp-listen://:0", Kind::kTcpListen, "", "127.0.0.1", "0"},
      {"unix:/run/x.sock", Kind::kUnix, "/run/x.sock", "", ""},
      {"unix:///run/x.sock", Kind::kUnix, "/run/x.sock", "", ""},
      {"unix-listen:x", Kind::kUnixListen, "x", "", ""},
  };
  for (const Case& c : cases) {
    INFO(c.text);
    Result<Endpoint> endpoint = ParseEndpoint(c.text);
    REQUIRE(endpoint.ok());
    CHECK(endpoint->kind == c.kind);
    CHECK(endpoint->path == c.path);
    CHECK(endpoint->host == c.host);
    CHECK(endpoint->port == c.port);
    CHECK(endpoint->text == c.text);
  }
}

TEST_CASE("Endpoints that are none") {
  const std::pair<std::string, const char*> cases[] = {
      {"", "empty"},
      {"tcpp://localhost:1", "did you mean 'tcp://'?"},
      {"tpc://localhost:1", "did you mean 'tcp://'?"},
      {"http://localhost:1", "unknown kind of endpoint 'http'"},
      {"http://localhost:1", "for a file of that name write ./http://localhost:1"},
      {"kafka://broker", "topic is missing"},
      {"kafka://broker/", "topic is missing"},
      {"kafka:broker/topic", "write kafka://HOST:PORT/TOPIC"},
      {"kafka:///topic", "host is missing"},
      {"kafka://a,/topic", "host is missing"},
      {"kafka://a:0/topic", "is not a number from 1 to 65535"},
      {"kafka://anna:geheim@a/t", "a login does not stand in the address"},
      {"kafka://a/b/c", "no topic can be called 'b/c'"},
      {"kafka://a/..", "no topic can be called '..'"},
      {"kafka://a/" + std::string(250, 'x'), "249 at the most"},
      {"tcp://localhost", "port is missing"},
      {"tcp://localhost:", "port is missing"},
      {"tcp://", "port is missing"},
      {"tcp://[::1]", "port is missing"},
      {"tcp://localhost:0", "is not a number from 1 to 65535"},
      {"tcp://localhost:65536", "is not a number from 1 to 65535"},
      {"tcp://localhost:x", "'x' is not a number"},
      {"tcp://:99", "host is missing"},
      {"tcp://::1:99", "in brackets"},
      {"tcp://[::1:99", "without"},
      {"tcp://a b:99", "no host name"},
      {"tcp:localhost:99", "write tcp://HOST:PORT"},
      {"unix:", "path is missing"},
      {std::string("a\0b", 3), "NUL"},
      {std::string("unix:a\0b", 8), "NUL"},
      {std::string("tcp://a\0b:99", 12), "NUL"},
  };
  for (const auto& [text, message] : cases) {
    INFO(text);
    Result<Endpoint> endpoint = ParseEndpoint(text);
    REQUIRE(!endpoint.ok());
    CHECK(endpoint.status().code() == StatusCode::kUsage);
    INFO(endpoint.status().message());
    CHECK(endpoint.status().message().find(message) != std::string::npos);
  }
}

TEST_CASE("Topics") {
  const Endpoint topic = *ParseEndpoint("kafka://a,[::1]:9093,b:9094/http-logs");
  CHECK(topic.kind == Kind::kKafka);
  CHECK(topic.topic == "http-logs");
  REQUIRE(topic.brokers.size() == 3);
  CHECK(topic.brokers[0].host == "a");
  CHECK(topic.brokers[0].port == "9092");
  CHECK(topic.brokers[1].host == "::1");
  CHECK(topic.brokers[1].port == "9093");
  CHECK(topic.brokers[2].port == "9094");
  CHECK(!topic.is_socket());
  CHECK(IsRemote(topic));
  CHECK(!IsRemote(*ParseEndpoint("kafka://localhost,127.0.0.1/t")));
  CHECK(FileOrTopic("kafka://a/t")->kind == Kind::kKafka);
  CHECK(FileOrTopic("tcp://a:1")->kind == Kind::kFile);
  CHECK(!FileOrTopic("kafka://a/").ok());
}

TEST_CASE("Endpoints made of their parts") {
  CHECK(FormatSocketEndpoint("tcp", "localhost", 9) == "tcp://localhost:9");
  CHECK(FormatSocketEndpoint("tcp-listen", "::1", 9) == "tcp-listen://[::1]:9");
  CHECK(FormatSocketEndpoint("tcp", "[::1]", 9) == "tcp://[::1]:9");
  const Endpoint file = FileEndpoint("tcp://x:1");
  CHECK(file.kind == Kind::kFile);
  CHECK(file.path == "tcp://x:1");
}

TEST_CASE("Whether two endpoints are one place, by their text") {
  const auto same = [](const std::string& a, const std::string& b) {
    const Endpoint one = *ParseEndpoint(a);
    const Endpoint other = *ParseEndpoint(b);
    CHECK(IsSamePlace(one, other, false) == IsSamePlace(other, one, false));
    if (IsSamePlace(one, other, false)) CHECK(PlaceBucket(one) == PlaceBucket(other));
    return IsSamePlace(one, other, false);
  };
  CHECK(same("-", "-"));
  CHECK(same("-", "/dev/stdout"));
  CHECK(same("/dev/fd/1", "/dev/stdout"));
  CHECK(!same("-", "a"));
  CHECK(same("a", "./b/../a"));
  CHECK(!same("a", "b"));
  CHECK(!same("/dev/null", "/dev/null"));
  CHECK(same("unix:s", "unix-listen:./s"));
  CHECK(same("kafka://a,b/t", "kafka://b:9092,c/t"));
  CHECK(!same("kafka://a,b/t", "kafka://b:9093/t"));
  CHECK(!same("kafka://a/t", "kafka://a/u"));
  CHECK(!same("kafka://a/t", "t"));
  CHECK(!same("kafka://a/t", "-"));
  CHECK(!same("unix:s", "s"));
  CHECK(!same("unix:s", "tcp://localhost:1"));
  CHECK(same("tcp://localhost:1", "tcp-listen://:1"));
  CHECK(same("tcp://LocalHost:1", "tcp://[::1]:1"));
  CHECK(same("tcp://[0::1]:1", "tls://[::1]:1"));
  CHECK(same("tcp://LOGS.example.org:1", "tcp://logs.example.org:1"));
  CHECK(!same("tcp://localhost:1", "tcp://localhost:2"));
  CHECK(!same("tcp://localhost:1", "tcp://logs.example.org:1"));
  CHECK(!same("tcp-listen://127.0.0.1:1", "tcp-listen://[::1]:1"));
  CHECK(!same("tcp-listen://127.0.0.1:1", "tcp-listen://127.0.0.2:1"));
  CHECK(!same("tcp-listen://:0", "tcp-listen://:0"));
}

TEST_CASE("Whether two files are one place") {
  std::string name = (std::filesystem::temp_directory_path() / "socklog-test-XXXXXX").string();
  REQUIRE(mkdtemp(name.data()) != nullptr);
  const std::filesystem::path dir = name;
  for (const char* file : {"a", "b"}) std::ofstream(dir / file) << file;
  std::filesystem::create_symlink(dir / "a", dir / "link");
  std::filesystem::create_hard_link(dir / "a", dir / "hard");
  std::filesystem::create_directory_symlink(dir, dir / "again");
  const auto same = [&](const char* a, const char* b) {
    return IsSamePlace(FileEndpoint(dir / a), FileEndpoint(dir / b), true);
  };
  CHECK(same("a", "link"));
  CHECK(same("a", "hard"));
  CHECK(same("new", "./new"));
  CHECK(same("new", "again/new"));
  CHECK(!same("a", "b"));
  CHECK(!same("new", "new2"));
  CHECK(!IsSamePlace(FileEndpoint(dir / "a"), FileEndpoint(dir / "link"), false));
  std::filesystem::remove_all(dir);
}

}  // namespace
}  // namespace socklog
