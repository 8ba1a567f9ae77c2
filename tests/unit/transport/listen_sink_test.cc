// Sinks that listen.
#include <sys/socket.h>
#include <unistd.h>

#include <thread>
#include <vector>

#include "sink_testing.h"
#include "support/catch.h"

namespace socklog {
namespace {

using testing::ConnectTo;
using testing::Lines;
using testing::Open;
using testing::OpenError;
using testing::PlacesToListenAt;
using testing::Receive;
using testing::StopAfterwards;
using testing::TempDir;

// A sink that has waited for its first client, which has come.
std::unique_ptr<Sink> OpenFor(UniqueFd* client, const std::string& where, const std::string& endpoint,
                              const SinkOptions& options = {}) {
  std::thread connecting([&] { *client = ConnectTo(where); });
  std::unique_ptr<Sink> sink = Open(endpoint, options);
  connecting.join();
  return sink;
}

TEST_CASE("Listening: the first client gets everything, a later one from when it joined") {
  const TempDir dir;
  for (const auto& [where, endpoint] : PlacesToListenAt(dir)) {
    INFO(endpoint);
    UniqueFd first;
    auto sink = OpenFor(&first, where, endpoint);
    CHECK(sink->Write("1\n").ok());
    CHECK(sink->Flush(false).ok());
    const UniqueFd second = ConnectTo(where);
    CHECK(sink->Write("2\n3\n").ok());
    CHECK(sink->Flush(false).ok());
    sink.reset();
    CHECK(Receive(first) == "1\n2\n3\n");
    CHECK(Receive(second) == "2\n3\n");
  }
}

TEST_CASE("Listening: slow clients set the pace, and one that goes is dropped") {
  const TempDir dir;
  UniqueFd first;
  auto sink = OpenFor(&first, dir / "s", "unix-listen:" + (dir / "s"));
  UniqueFd second = ConnectTo(dir / "s");
  const std::string text = Lines(1, 40000);
  std::string a, b;
  std::thread reading([&] {
    b = Receive(second, 1000000);
    second.Reset();
    a = Receive(first, text.size());
  });
  CHECK(sink->Write(text).ok());
  CHECK(sink->Flush(false).ok());
  reading.join();
  CHECK(a == text);
  CHECK(b == text.substr(0, 1000000));
}

TEST_CASE("Listening: with no client left the output is discarded until one joins") {
  const TempDir dir;
  UniqueFd client;
  auto sink = OpenFor(&client, dir / "s", "unix-listen:" + (dir / "s"));
  client.Reset();
  CHECK(sink->Write("1\n").ok());
  CHECK(sink->Flush(false).ok());
  CHECK(sink->Write(Lines(1, 100000)).ok());
  CHECK(sink->Flush(false).ok());
  client = ConnectTo(dir / "s");
  CHECK(sink->Write("2\n").ok());
  CHECK(sink->Flush(false).ok());
  CHECK(Receive(client, 2) == "2\n");
}

// A sink with as many clients as it may have.
struct FullHouse {
  static constexpr std::size_t kPlaces = 3;
  std::unique_ptr<Sink> sink;
  std::vector<UniqueFd> clients;

  FullHouse(const std::string& endpoint, const std::string& where, bool once = false) {
    SinkOptions options;
    options.wait_for_client = false;
    options.connection.max_clients = kPlaces;
    options.connection.once = once;
    sink = Open(endpoint, options);
    for (std::size_t i = 0; i < kPlaces; ++i) clients.push_back(ConnectTo(where));
    CHECK(sink->Write("1\n").ok());
    CHECK(sink->Flush(false).ok());
    for (const UniqueFd& client : clients) CHECK(Receive(client, 2) == "1\n");
  }
};

TEST_CASE("Listening: clients that have gone leave their places to those that wait") {
  const TempDir dir;
  for (const auto& [where, endpoint] : PlacesToListenAt(dir)) {
    for (const bool flushed_before : {false, true}) {
      INFO(endpoint << ", flushed before " << flushed_before);
      FullHouse house(endpoint, where);
      house.clients.clear();
      std::vector<UniqueFd> next;
      for (std::size_t i = 0; i < FullHouse::kPlaces; ++i) next.push_back(ConnectTo(where));
      if (flushed_before) CHECK(house.sink->Flush(false).ok());
      CHECK(house.sink->Write("2\n").ok());
      CHECK(house.sink->Flush(false).ok());
      for (const UniqueFd& client : next) CHECK(Receive(client, 2) == "2\n");
    }
  }
}

TEST_CASE("Listening: a client that sends nothing more reads on, while nobody waits for its place") {
  const TempDir dir;
  for (const auto& [where, endpoint] : PlacesToListenAt(dir)) {
    INFO(endpoint);
    FullHouse house(endpoint, where);
    shutdown(house.clients[1].get(), SHUT_WR);
    CHECK(house.sink->Flush(false).ok());
    CHECK(house.sink->Write("2\n").ok());
    CHECK(house.sink->Flush(false).ok());
    for (const UniqueFd& client : house.clients) CHECK(Receive(client, 2) == "2\n");
    const UniqueFd next = ConnectTo(where);
    CHECK(house.sink->Write("3\n").ok());
    CHECK(house.sink->Flush(false).ok());
    CHECK(Receive(next, 2) == "3\n");
    CHECK(Receive(house.clients[1]).empty());
    CHECK(Receive(house.clients[2], 2) == "3\n");
  }
}

TEST_CASE("Listening once: that the clients have gone is seen with nothing to send") {
  const TempDir dir;
  FullHouse house("unix-listen:" + (dir / "s"), dir / "s", true);
  house.clients.clear();
  CHECK(house.sink->Flush(false).code() == StatusCode::kBrokenPipe);
}

TEST_CASE("Listening once: the first client's leaving is a broken pipe") {
  const TempDir dir;
  SinkOptions options;
  options.connection.once = true;
  UniqueFd client;
  auto sink = OpenFor(&client, dir / "s", "unix-listen:" + (dir / "s"), options);
  CHECK(sink->Write("1\n").ok());
  CHECK(sink->Flush(false).ok());
  client.Reset();
  CHECK(sink->Write("2\n").ok());
  CHECK(sink->Flush(false).code() == StatusCode::kBrokenPipe);
}

TEST_CASE("Listening: StopSinks ends the wait for the first client") {
  const StopAfterwards stop_afterwards;
  const TempDir dir;
  std::thread stopper([] { StopSinks(); });
  CHECK(OpenError("unix-listen:" + (dir / "s")).code() == StatusCode::kBrokenPipe);
  stopper.join();
  CHECK(access((dir / "s").c_str(), F_OK) != 0);
}

TEST_CASE("Listening without waiting for a client") {
  const TempDir dir;
  SinkOptions options;
  options.wait_for_client = false;
  auto sink = Open("unix-listen:" + (dir / "s"), options);
  CHECK(sink->Write("1\n").ok());
  CHECK(sink->Flush(false).ok());
  const UniqueFd client = ConnectTo(dir / "s");
  CHECK(sink->Write("2\n").ok());
  CHECK(sink->Flush(false).ok());
  CHECK(Receive(client, 2) == "2\n");
}

}  // namespace
}  // namespace socklog
