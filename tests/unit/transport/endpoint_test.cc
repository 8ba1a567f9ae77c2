#include <sys/stat.h>
#include <unistd.h>

#include "support/catch.h"
#include "testing.h"

namespace socklog {
namespace {

using testing::Has;
using Kind = Endpoint::Kind;
using testing::At;
using testing::TempDir;

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
  const std::pair<const char*, const char*> cases[] = {
      {"", "empty"},
      {"tcpp://localhost:1", "did you mean 'tcp'"},
      {"http://localhost:1", "unknown scheme 'http'"},
      {"kafka://broker/topic", "needs a build with Kafka; not in this version"},
      {"tcp://localhost", "port is missing"},
      {"tcp://localhost:", "is not a number"},
      {"tcp://localhost:0", "is not a number from 1 to 65535"},
      {"tcp://localhost:65536", "is not a number from 1 to 65535"},
      {"tcp://localhost:x", "'x' is not a number"},
      {"tcp://:99", "host is missing"},
      {"tcp://::1:99", "in brackets"},
      {"tcp://[::1:99", "without"},
      {"tcp://a b:99", "no host name"},
      {"tcp:localhost:99", "write tcp://HOST:PORT"},
      {"unix:", "path is missing"},
  };
  for (const auto& [text, message] : cases) {
    INFO(text);
    Result<Endpoint> endpoint = ParseEndpoint(text);
    REQUIRE(!endpoint.ok());
    CHECK(endpoint.status().code() == StatusCode::kUsage);
    CHECK(Has(endpoint.status().message(), message));
  }
}

TEST_CASE("Whether two endpoints are one place") {
  const TempDir dir;
  testing::WriteFile(dir / "a", "");
  REQUIRE(symlink((dir / "a").c_str(), (dir / "link").c_str()) == 0);
  REQUIRE(link((dir / "a").c_str(), (dir / "hard").c_str()) == 0);
  testing::WriteFile(dir / "b", "");
  const auto same = [](const std::string& a, const std::string& b) { return SameEndpoint(At(a), At(b)); };
  CHECK(same(dir / "a", dir / "link"));
  CHECK(same(dir / "a", dir / "hard"));
  CHECK(same(dir / "new", dir / "./new"));
  CHECK(!same(dir / "a", dir / "b"));
  CHECK(!same(dir / "new", dir / "new2"));
  CHECK(same("tcp://localhost:1", "tcp-listen://127.0.0.1:1"));
  CHECK(same("tcp://LOGS.example.org:1", "tcp://logs.example.org:1"));
  CHECK(!same("tcp://localhost:1", "tcp://localhost:2"));
  CHECK(same("unix:" + (dir / "s"), "unix-listen:" + (dir / "s")));
  CHECK(!same("unix:" + (dir / "s"), "tcp://localhost:1"));
  CHECK(!same("-", dir / "a"));
  CHECK(same("-", "-"));
}

}  // namespace
}  // namespace socklog
