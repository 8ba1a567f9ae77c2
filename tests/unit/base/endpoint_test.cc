#include "base/endpoint.h"

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
  const std::pair<const char*, const char*> cases[] = {
      {"", "empty"},
      {"tcpp://localhost:1", "did you mean 'tcp://'?"},
      {"tpc://localhost:1", "did you mean 'tcp://'?"},
      {"http://localhost:1", "unknown kind of endpoint 'http'"},
      {"http://localhost:1", "for a file of that name write ./http://localhost:1"},
      {"kafka://broker/topic", "Kafka is not in this version"},
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

TEST_CASE("Endpoints made of their parts") {
  CHECK(FormatSocketEndpoint("tcp", "localhost", 9) == "tcp://localhost:9");
  CHECK(FormatSocketEndpoint("tcp-listen", "::1", 9) == "tcp-listen://[::1]:9");
  CHECK(FormatSocketEndpoint("tcp", "[::1]", 9) == "tcp://[::1]:9");
  const Endpoint file = FileEndpoint("tcp://x:1");
  CHECK(file.kind == Kind::kFile);
  CHECK(file.path == "tcp://x:1");
}

}  // namespace
}  // namespace socklog
