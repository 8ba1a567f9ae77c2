#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <random>
#include <thread>

#include "support/catch.h"
#include "testing.h"

namespace socklog {
namespace {

using testing::AcceptOne;
using testing::CapturedStderr;
using testing::ConnectTo;
using testing::FreePort;
using testing::Has;
using testing::Lines;
using testing::ListenAt;
using testing::PlacesToConnectTo;
using testing::Reader;
using testing::SendAll;
using testing::TempDir;

TEST_CASE("Connecting: the peer's close is the end") {
  const TempDir dir;
  for (const auto& [where, endpoint] : PlacesToConnectTo(dir)) {
    INFO(endpoint);
    const UniqueFd listener = ListenAt(where);
    Reader reader({endpoint});
    CHECK(reader.source().partition_name(0) == endpoint);
    CHECK(reader.source().complete());
    CHECK(!reader.source().can_idle(0));  // there is no connection yet
    UniqueFd server;
    std::thread accepting([&] { server = AcceptOne(listener); });
    const bool connected = reader.ReadUntil([&] { return reader.source().can_idle(0); });
    accepting.join();
    CHECK(connected);
    SendAll(server, "1\n2\nha");
    CHECK(reader.ReadUntilText("1\n2\n"));
    server.Reset();
    CHECK(reader.ReadAll());
    CHECK(reader.text() == "1\n2\nha\n");
  }
}

TEST_CASE("Connecting: lines do not depend on how the bytes are cut") {
  const TempDir dir;
  const std::string text = Lines(1, 3000);
  std::mt19937 random(11);
  for (const std::size_t most : {3u, 100u, 100000u}) {
    const std::string part = text.substr(0, most == 3 ? 10000 : text.size());
    const UniqueFd listener = ListenAt(dir / ("s" + std::to_string(most)));
    Reader reader({"unix:" + (dir / ("s" + std::to_string(most)))});
    std::thread server([&] {
      const UniqueFd client = AcceptOne(listener);
      for (std::size_t at = 0; at < part.size();) {
        const std::size_t size = std::min(part.size() - at, 1 + random() % most);
        SendAll(client, std::string_view(part).substr(at, size));
        at += size;
      }
    });
    const bool ended = reader.ReadAll();
    server.join();
    CHECK(ended);
    CHECK(reader.text() == part + (part.back() == '\n' ? "" : "\n"));
  }
}

TEST_CASE("Connecting begins before the server listens") {
  const std::string port = FreePort();
  Reader reader({"tcp://127.0.0.1:" + port});
  reader.ReadPresent();
  std::thread server([&] {
    const UniqueFd listener = ListenAt(port);
    SendAll(AcceptOne(listener), "1\n");
  });
  const bool ended = reader.ReadAll();
  server.join();
  CHECK(ended);
  CHECK(reader.text() == "1\n");
}

TEST_CASE("Connecting gives up after its time") {
  const TempDir dir;
  const std::string port = FreePort();
  SourceOptions options;
  options.connection.connect_timeout = 120 * kMillisecond;
  struct Case {
    std::string endpoint;
    std::string message;
  };
  const Case cases[] = {
      {"tcp://127.0.0.1:" + port, "Connection refused"},
      {"unix:" + (dir / "none"), "No such file"},
      {"tcp://nobody.invalid:1", "cannot look up 'nobody.invalid'"},
  };
  for (const Case& c : cases) {
    Reader reader({c.endpoint}, options);
    CHECK(!reader.ReadAll());
    CHECK(reader.error().code() == StatusCode::kUnavailable);
    CHECK(Has(reader.error().message(), c.endpoint));
    CHECK(Has(reader.error().message(), c.message));
    CHECK(Has(reader.error().message(), "120ms"));
  }
}

TEST_CASE("Stop while there is no connection") {
  Reader reader({"tcp://127.0.0.1:" + FreePort()});
  Block block;
  REQUIRE(*reader.source().Read(0, &block) == Progress::kIdle);
  std::thread stopper([&] { reader.source().Stop(); });
  CHECK(reader.source().Wait(-1).ok());
  stopper.join();
}

TEST_CASE("Reconnecting: one partition, and the unfinished line is a line") {
  const TempDir dir;
  const UniqueFd listener = ListenAt(dir / "s");
  SourceOptions options;
  options.connection.reconnect = true;
  Reader reader({"unix:" + (dir / "s")}, options);
  std::thread server([&] {
    SendAll(AcceptOne(listener), "1\nunfin");
    SendAll(AcceptOne(listener), "2\n");
    SendAll(AcceptOne(listener), "3\n");
  });
  const bool came = reader.ReadUntilText("1\nunfin\n2\n3\n");
  server.join();
  CHECK(came);
  CHECK(reader.source().partition_count() == 1);
  CHECK(!reader.ended());
  CHECK(reader.ReadUntil([&] { return !reader.source().can_idle(0); }));  // unreachable is not silent
}

TEST_CASE("A connection that is reset ends with a warning") {
  const CapturedStderr messages;
  const std::string port = FreePort();
  const UniqueFd listener = ListenAt(port);
  Reader reader({"tcp://127.0.0.1:" + port});
  reader.ReadPresent();
  UniqueFd server = AcceptOne(listener);
  SendAll(server, "1\n");
  CHECK(reader.ReadUntilText("1\n"));
  const linger at_once = {1, 0};
  setsockopt(server.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  server.Reset();
  CHECK(reader.ReadAll());
  CHECK(Has(messages.text(), "Connection reset"));
}

TEST_CASE("Listening: several clients at once are partitions of their own") {
  const TempDir dir;
  const std::string port = FreePort();
  const std::pair<std::string, std::string> places[] = {{port, "tcp-listen://:" + port},
                                                        {dir / "s", "unix-listen:" + (dir / "s")},
                                                        {port, "tcp-listen://localhost:" + port}};
  for (const auto& [where, endpoint] : places) {
    INFO(endpoint);
    Reader reader({endpoint});
    CHECK(reader.source().partition_count() == 0);
    CHECK(!reader.source().complete());
    const UniqueFd a = ConnectTo(where);
    CHECK(reader.ReadUntil([&] { return reader.source().partition_count() == 1; }));
    const UniqueFd b = ConnectTo(where);
    CHECK(reader.ReadUntil([&] { return reader.source().partition_count() == 2; }));
    CHECK(reader.source().can_idle(0));
    SendAll(b, "b1\n");
    SendAll(a, "a1\n");
    SendAll(b, "b2\n");
    CHECK(reader.ReadUntilText("a1\n", 0));
    CHECK(reader.ReadUntilText("b1\nb2\n", 1));
    if (where == port) {
      CHECK(Has(reader.source().partition_name(0), "tcp client 127.0.0.1:"));
    } else {
      CHECK(reader.source().partition_name(0) == "unix client 1");
      CHECK(reader.source().partition_name(1) == "unix client 2");
    }
  }
}

TEST_CASE("Listening: a client is seen by a caller that never waits") {
  const TempDir dir;
  testing::WriteFile(dir / "f", Lines(1, 30000));
  Reader reader({dir / "f", "unix-listen:" + (dir / "s")});
  const UniqueFd client = ConnectTo(dir / "s");
  Block block;
  REQUIRE(*reader.source().Read(0, &block) == Progress::kMore);
  CHECK(reader.source().partition_count() == 2);
}

TEST_CASE("Listening: Wait returns for a new client") {
  const TempDir dir;
  Reader reader({"unix-listen:" + (dir / "s")});
  std::thread client([&] { SendAll(ConnectTo(dir / "s"), "1\n"); });
  CHECK(reader.source().Wait(testing::kPatience).ok());
  client.join();
  CHECK(reader.source().partition_count() == 1);
}

TEST_CASE("Listening: no more than max_clients at the same time") {
  const TempDir dir;
  SourceOptions options;
  options.connection.max_clients = 2;
  Reader reader({"unix-listen:" + (dir / "s")}, options);
  UniqueFd clients[3];
  for (int i = 0; i < 3; ++i) {
    clients[i] = ConnectTo(dir / "s");
    SendAll(clients[i], std::to_string(i) + "\n");
  }
  CHECK(reader.ReadUntilText("0\n", 0));
  CHECK(reader.ReadUntilText("1\n", 1));
  CHECK(reader.source().Wait(10 * kMillisecond).ok());
  reader.ReadPresent();
  CHECK(reader.source().partition_count() == 2);
  clients[0].Reset();
  CHECK(reader.ReadUntilText("2\n", 2));
  CHECK(reader.ended(0));
}

TEST_CASE("Listening once: after the first client has closed no more come") {
  const TempDir dir;
  SourceOptions options;
  options.connection.once = true;
  Reader reader({"unix-listen:" + (dir / "s")}, options);
  UniqueFd a = ConnectTo(dir / "s");
  UniqueFd b = ConnectTo(dir / "s");
  SendAll(a, "a\n");
  SendAll(b, "b\n");
  CHECK(reader.ReadUntilText("a\n", 0));
  CHECK(reader.ReadUntilText("b\n", 1));
  CHECK(!reader.source().complete());
  a.Reset();
  CHECK(reader.ReadUntil([&] { return reader.source().complete(); }));
  SendAll(b, "b2\n");
  b.Reset();
  CHECK(reader.ReadAll());
  CHECK(reader.text(1) == "b\nb2\n");
  CHECK(access((dir / "s").c_str(), F_OK) != 0);
}

TEST_CASE("A port or path in use is wrong usage") {
  const TempDir dir;
  const std::string port = FreePort();
  Reader reader({"tcp-listen://:" + port, "unix-listen:" + (dir / "s")});
  testing::WriteFile(dir / "file", "");
  const std::pair<std::string, std::string> cases[] = {
      {"tcp-listen://:" + port, "port " + port + " is in use"},
      {"unix-listen:" + (dir / "s"), (dir / "s") + " is in use"},
      {"unix-listen:" + (dir / "file"), "no socket"},
      {"unix-listen:" + (dir / "none/s"), "No such file"},
      {"tcp-listen://192.0.2.1:" + port, "cannot listen"},
      {"tcp-listen://nobody.invalid:1", "cannot look up"},
  };
  for (const auto& [endpoint, message] : cases) {
    const Status status = testing::OpenError({endpoint});
    CHECK(status.code() == StatusCode::kUsage);
    CHECK(Has(status.message(), message));
    CHECK(Has(status.message(), endpoint));
  }
  SendAll(ConnectTo(dir / "s"), "1\n");  // the one in use is still in use
  CHECK(reader.ReadUntilText("1\n", 0));
}

TEST_CASE("A Unix socket is private, replaces a dead one, and is removed at the end") {
  const TempDir dir;
  { const UniqueFd dead = ListenAt(dir / "s"); }
  REQUIRE(access((dir / "s").c_str(), F_OK) == 0);
  {
    Reader reader({"unix-listen:" + (dir / "s")});
    struct stat info;
    REQUIRE(stat((dir / "s").c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0600);
    SendAll(ConnectTo(dir / "s"), "1\n");
    CHECK(reader.ReadUntilText("1\n"));
  }
  CHECK(access((dir / "s").c_str(), F_OK) != 0);
}

TEST_CASE("IPv6") {
  const std::string port = FreePort();
  if (testing::OpenError({"tcp-listen://[::1]:" + port}).ok()) {
    Reader reader({"tcp-listen://[::1]:" + port});
    Result<std::unique_ptr<Sink>> sink = OpenSink(testing::At("tcp://[::1]:" + port), {}, testing::TestClock());
    REQUIRE(sink.ok());
    REQUIRE((*sink)->Write("1\n").ok());
    REQUIRE((*sink)->Flush(false).ok());
    CHECK(reader.ReadUntilText("1\n"));
    CHECK(Has(reader.source().partition_name(0), "tcp client [::1]:"));
  }
}

TEST_CASE("A partition that is not read slows its writer down") {
  const TempDir dir;
  Reader reader({"unix-listen:" + (dir / "s")});
  const UniqueFd client = ConnectTo(dir / "s");
  CHECK(reader.ReadUntil([&] { return reader.source().partition_count() == 1; }));
  std::size_t sent = 0;
  const std::string text = Lines(1, 1000);
  for (ssize_t got = 1; got > 0 && sent < (64u << 20); sent += static_cast<std::size_t>(std::max<ssize_t>(got, 0))) {
    got = send(client.get(), text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  }
  CHECK(sent < (64u << 20));
}

}  // namespace
}  // namespace socklog
