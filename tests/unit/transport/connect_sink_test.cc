// Sinks that connect.
#include <sys/socket.h>

#include <thread>

#include "sink_testing.h"
#include "support/catch.h"

namespace socklog {
namespace {

using testing::AcceptOne;
using testing::FreePort;
using testing::Has;
using testing::Lines;
using testing::ListenAt;
using testing::Open;
using testing::OpenError;
using testing::PlacesToConnectTo;
using testing::Receive;
using testing::StopAfterwards;
using testing::TempDir;

TEST_CASE("Connecting: everything arrives, then the end") {
  const TempDir dir;
  for (const auto& [where, endpoint] : PlacesToConnectTo(dir)) {
    INFO(endpoint);
    const UniqueFd listener = ListenAt(where);
    std::string got;
    std::thread reading([&] { got = Receive(AcceptOne(listener)); });
    const std::string text = Lines(1, 20000);
    {
      auto sink = Open(endpoint);
      CHECK(sink->Write(text).ok());
      CHECK(sink->Flush(false).ok());
    }
    reading.join();
    CHECK(got == text);
  }
}

TEST_CASE("Connecting gives up after its time, or when it is to stop") {
  SinkOptions options;
  options.connection.connect_timeout = 100 * kMillisecond;
  const std::string endpoint = "tcp://127.0.0.1:" + FreePort();
  const Status status = OpenError(endpoint, options);
  CHECK(status.code() == StatusCode::kUnavailable);
  CHECK(Has(status.message(), endpoint));
  CHECK(Has(status.message(), "Connection refused"));
  const StopAfterwards stop_afterwards;
  std::thread stopper([] { StopSinks(); });
  CHECK(OpenError(endpoint).code() == StatusCode::kBrokenPipe);
  stopper.join();
}

// How a peer may leave: it closes, it resets the connection.
void Leave(UniqueFd peer, bool reset) {
  const linger at_once = {1, 0};
  if (reset) setsockopt(peer.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
}

TEST_CASE("A peer that has gone is an error, also for the one write that the system still takes") {
  const TempDir dir;
  for (const auto& [where, endpoint] : PlacesToConnectTo(dir)) {
    for (const bool reset : {false, true}) {
      INFO(endpoint << ", reset " << reset);
      const UniqueFd listener = ListenAt(where);
      auto sink = Open(endpoint);
      Leave(AcceptOne(listener), reset);
      CHECK(sink->Write("1\n").ok());
      const Status status = sink->Flush(false);
      CHECK(status.code() == StatusCode::kFailed);
      CHECK(Has(status.message(), endpoint));
      CHECK(Has(status.message(), "--reconnect"));
      CHECK(sink->Write("2\n").code() == StatusCode::kFailed);
      unlink(where.c_str());
    }
  }
}

TEST_CASE("A peer that sends nothing more and reads on is there") {
  const TempDir dir;
  for (const auto& [where, endpoint] : PlacesToConnectTo(dir)) {
    INFO(endpoint);
    const UniqueFd listener = ListenAt(where);
    auto sink = Open(endpoint);
    const UniqueFd peer = AcceptOne(listener);
    shutdown(peer.get(), SHUT_WR);
    for (const char* line : {"1\n", "2\n", "3\n"}) {
      CHECK(sink->Write(line).ok());
      CHECK(sink->Flush(false).ok());
    }
    sink.reset();
    CHECK(Receive(peer) == "1\n2\n3\n");
  }
}

TEST_CASE("Reconnecting: what a peer did not take before it went goes to the next one") {
  const std::string port = FreePort();
  const UniqueFd listener = ListenAt(port);
  SinkOptions options;
  options.connection.reconnect = true;
  auto sink = Open("tcp://localhost:" + port, options);
  Leave(AcceptOne(listener), false);
  std::string got;
  std::thread next([&] { got = Receive(AcceptOne(listener)); });
  CHECK(sink->Flush(false).ok());  // nothing to send, nobody to wait for
  CHECK(sink->Write("1\n2\n").ok());
  CHECK(sink->Flush(false).ok());
  sink.reset();
  next.join();
  CHECK(got == "1\n2\n");
}

TEST_CASE("Reconnecting: the next peer gets whole lines") {
  const TempDir dir;
  const UniqueFd listener = ListenAt(dir / "s");
  SinkOptions options;
  options.connection.reconnect = true;
  auto sink = Open("unix:" + (dir / "s"), options);
  const std::string text = Lines(1, 40000);
  std::string first, second;
  std::thread peers([&] {
    first = Receive(AcceptOne(listener), 100000);
    second = Receive(AcceptOne(listener));
  });
  CHECK(sink->Write(text).ok());
  CHECK(sink->Flush(false).ok());
  sink.reset();
  peers.join();
  CHECK(first == text.substr(0, 100000));
  CHECK(text.size() - second.size() > 100000 - 100);
  CHECK(text.compare(text.size() - second.size(), second.size(), second) == 0);
  CHECK(text[text.size() - second.size() - 1] == '\n');
}

}  // namespace
}  // namespace socklog
