#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <thread>

#include "support/catch.h"
#include "testing.h"
#include "transport/sink_stop.h"

namespace socklog {
namespace {

using testing::AcceptOne;
using testing::CapturedStderr;
using testing::ConnectTo;
using testing::FreePort;
using testing::Has;
using testing::Lines;
using testing::ListenAt;
using testing::ReadFile;
using testing::Receive;
using testing::TempDir;
using testing::WriteFile;

std::unique_ptr<Sink> Open(const std::string& endpoint, const SinkOptions& options = {}) {
  Result<std::unique_ptr<Sink>> sink = OpenSink(testing::At(endpoint), options, testing::TestClock());
  if (!sink.ok()) throw std::runtime_error(sink.status().message());
  return std::move(sink).value();
}

Status OpenError(const std::string& endpoint, const SinkOptions& options = {}) {
  Result<std::unique_ptr<Sink>> sink = OpenSink(testing::At(endpoint), options, testing::TestClock());
  return sink.ok() ? Status() : sink.status();
}

SinkOptions From(std::uint64_t length) {
  SinkOptions options;
  options.resume_length = length;
  return options;
}

// StopSinks for one test.
class StopAfterwards {
 public:
  ~StopAfterwards() { ResetSinkStopForTest(); }
};

TEST_CASE("A file is replaced") {
  const TempDir dir;
  WriteFile(dir / "f", "old old old\n");
  auto sink = Open(dir / "f");
  const std::string text = Lines(1, 5000);
  CHECK(sink->Write(text).ok());
  CHECK(sink->Write("last\n").ok());
  CHECK(sink->Flush(true).ok());
  CHECK(ReadFile(dir / "f") == text + "last\n");
  CHECK(sink->length() == text.size() + 5);
  Open(dir / "new");
  struct stat info;
  REQUIRE(stat((dir / "new").c_str(), &info) == 0);
  CHECK((info.st_mode & 0777 & ~0022) == (0644 & ~0022));
}

TEST_CASE("A file that is gone on with holds each line once") {
  struct Case {
    const char* name;
    std::string before;
    std::uint64_t length;
    std::string written;
    std::string after;
  };
  const Case cases[] = {
      {"nothing beyond", "1\n2\n", 4, "3\n", "1\n2\n3\n"},
      {"all written again", "1\n2\n3\n", 2, "2\n3\n4\n", "1\n2\n3\n4\n"},
      {"in another order", "1\n2\n3\n", 2, "3\n2\n4\n", "1\n2\n3\n4\n"},
      {"equal lines are counted", "1\na\na\n", 2, "a\na\na\n", "1\na\na\na\n"},
      {"a line that is not written again stays", "1\n2\n3\n", 2, "3\n", "1\n2\n3\n"},
      {"the last line was cut", "1\n2\n3", 2, "2\n33\n", "1\n2\n33\n"},
      {"cut exactly before its newline", "1\n2", 2, "2\n", "1\n2\n"},
      {"from the start", "1\n2\n", 0, "1\n2\n3\n", "1\n2\n3\n"},
      {"lines before the length do not count", "1\n", 2, "1\n", "1\n1\n"},
      {"a new file", "", 0, "1\n", "1\n"},
  };
  for (const Case& c : cases) {
    for (const bool one_by_one : {false, true}) {
      INFO(c.name);
      const TempDir dir;
      WriteFile(dir / "f", c.before);
      auto sink = Open(dir / "f", From(c.length));
      for (std::size_t at = 0; at < c.written.size();) {
        const std::size_t size = one_by_one ? c.written.find('\n', at) + 1 - at : c.written.size();
        CHECK(sink->Write(c.written.substr(at, size)).ok());
        at += size;
      }
      CHECK(sink->Flush(true).ok());
      CHECK(ReadFile(dir / "f") == c.after);
    }
  }
}

TEST_CASE("The length of a file that is gone on with stays before what was not written again") {
  const TempDir dir;
  WriteFile(dir / "f", "1\n22\n333\n");
  auto sink = Open(dir / "f", From(2));
  CHECK(sink->length() == 2);
  CHECK(sink->Write("333\n4444\n").ok());
  CHECK(sink->Flush(false).ok());
  CHECK(sink->length() == 2);  // 22 must be found again by the next run
  CHECK(sink->Write("22\n").ok());
  CHECK(sink->Flush(false).ok());
  CHECK(sink->length() == 14);
  CHECK(ReadFile(dir / "f") == "1\n22\n333\n4444\n");
}

TEST_CASE("Killed at any moment, a file holds each line once in the end") {
  const TempDir dir;
  const std::string all = Lines(1, 40);
  std::uint64_t length = 0;
  std::size_t done = 0;  // bytes of `all` that the last snapshot covers
  WriteFile(dir / "f", "");
  for (int run = 0; run < 60; ++run) {
    auto sink = Open(dir / "f", From(length));
    std::size_t at = done;
    for (int line = 0; line <= run % 7 && at < all.size(); ++line) {
      const std::size_t size = all.find('\n', at) + 1 - at;
      REQUIRE(sink->Write(all.substr(at, size)).ok());
      at += size;
      REQUIRE(sink->Flush(false).ok());
      if (line % 3 == 2) {
        length = sink->length();
        done = at;
      }
    }
    sink.reset();
    const std::string now = ReadFile(dir / "f");
    if (run % 2 == 1 && now.size() > length)
      std::filesystem::resize_file(dir / "f", now.size() - (now.size() - length) / 2);
  }
  auto sink = Open(dir / "f", From(length));
  REQUIRE(sink->Write(all.substr(done)).ok());
  REQUIRE(sink->Flush(true).ok());
  CHECK(ReadFile(dir / "f") == all);
}

TEST_CASE("A file that became shorter is gone on with at its end") {
  const TempDir dir;
  const CapturedStderr messages;
  WriteFile(dir / "f", "1\n2");
  auto sink = Open(dir / "f", From(1000));
  CHECK(sink->Write("3\n").ok());
  CHECK(sink->Flush(false).ok());
  CHECK(ReadFile(dir / "f") == "1\n2\n3\n");
  CHECK(Has(messages.text(), "shorter"));
}

TEST_CASE("Outputs that cannot be opened are wrong usage") {
  const TempDir dir;
  const UniqueFd busy = ListenAt("0");
  const std::pair<std::string, std::string> cases[] = {
      {dir / ".", "is a directory"},
      {dir / "none/f", "No such file"},
      {"unix-listen:" + (dir / "none/s"), "No such file"},
      {"tls-listen://:1", "certificate"},
  };
  for (const auto& [endpoint, message] : cases) {
    const Status status = OpenError(endpoint);
    CHECK(status.code() == StatusCode::kUsage);
    CHECK(Has(status.message(), message));
  }
}

TEST_CASE("A full disk is an error that names the place") {
  auto sink = Open("/dev/full");
  CHECK(sink->Write("1\n").ok());
  for (int i = 0; i < 2; ++i) {
    const Status status = sink->Flush(true);
    CHECK(status.code() == StatusCode::kFailed);
    CHECK(Has(status.message(), "/dev/full"));
    CHECK(Has(status.message(), "No space left"));
  }
  CHECK(!sink->Write("2\n").ok());
  CHECK(Open("/dev/full")->Write(Lines(1, 5000)).code() == StatusCode::kFailed);
}

TEST_CASE("Devices and descriptors are outputs too") {
  auto null = Open("/dev/null");
  CHECK(null->Write("1\n").ok());
  CHECK(null->Flush(true).ok());
  CHECK(null->length() == 0);
  const TempDir dir;
  const UniqueFd fd(open((dir / "f").c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600));
  REQUIRE(write(fd.get(), "0\n", 2) == 2);
  auto sink = Open("/dev/fd/" + std::to_string(fd.get()));
  CHECK(sink->Write("1\n").ok());
  CHECK(sink->Flush(true).ok());
  CHECK(ReadFile(dir / "f") == "0\n1\n");
  CHECK(OpenError("/dev/fd/9999").code() == StatusCode::kUsage);
}

// Replaces this process's stdout.
class Stdout {
 public:
  explicit Stdout(int fd) : saved_(dup(STDOUT_FILENO)) { dup2(fd, STDOUT_FILENO); }
  ~Stdout() {
    dup2(saved_, STDOUT_FILENO);
    close(saved_);
  }
  Stdout(const Stdout&) = delete;
  Stdout& operator=(const Stdout&) = delete;

 private:
  int saved_;
};

struct Pipe {
  Pipe() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("pipe");
    read_end = UniqueFd(ends[0]);
    write_end = UniqueFd(ends[1]);
  }
  std::string Read(std::size_t bytes) const {
    std::string text;
    char buffer[4096];
    while (text.size() < bytes) {
      const ssize_t got = read(read_end.get(), buffer, std::min(sizeof(buffer), bytes - text.size()));
      if (got <= 0) break;
      text.append(buffer, static_cast<std::size_t>(got));
    }
    return text;
  }
  UniqueFd read_end, write_end;
};

TEST_CASE("stdout: a pipe with a slow reader gets everything") {
  Pipe pipe;
  std::unique_ptr<Sink> sink;
  {
    const Stdout stdout_is(pipe.write_end.get());
    sink = Open("-");
  }
  pipe.write_end.Reset();
  const std::string text = Lines(1, 10000);
  Status status;
  std::thread writer([&] {
    status = sink->Write(text);
    if (status.ok()) status = sink->Flush(false);
  });
  const std::string got = pipe.Read(text.size());
  writer.join();
  CHECK(status.ok());
  CHECK(got == text);
}

TEST_CASE("stdout: a reader that has gone is a broken pipe") {
  signal(SIGPIPE, SIG_IGN);
  Pipe pipe;
  std::unique_ptr<Sink> sink;
  {
    const Stdout stdout_is(pipe.write_end.get());
    sink = Open("-");
  }
  CHECK(sink->Write("1\n").ok());
  CHECK(sink->Flush(false).ok());
  pipe.read_end.Reset();
  CHECK(sink->Write("2\n").ok());
  CHECK(sink->Flush(false).code() == StatusCode::kBrokenPipe);
  CHECK(sink->Write("3\n").code() == StatusCode::kBrokenPipe);
}

TEST_CASE("StopSinks frees a writer whose reader does not read") {
  const StopAfterwards stop_afterwards;
  Pipe pipe;
  std::unique_ptr<Sink> sink;
  {
    const Stdout stdout_is(pipe.write_end.get());
    sink = Open("-");
  }
  std::thread stopper([] { StopSinks(); });
  const Status status = sink->Write(Lines(1, 100000));
  stopper.join();
  CHECK(status.code() == StatusCode::kFailed);
  CHECK(Has(status.message(), "stdout"));
}

TEST_CASE("After StopSinks only patience that has passed in vain is an end") {
  const StopAfterwards stop_afterwards;
  StopSinks();
  const Pipe pipe;
  PollSet waiting;
  waiting.Add(pipe.read_end.get(), POLLIN);
  PollSet due = waiting;
  due.DueIn(0);
  PollSet ready = waiting;
  ready.Add(pipe.write_end.get(), POLLOUT);
  CHECK(!*PollUnlessStopped(&waiting, kMillisecond));
  CHECK(*PollUnlessStopped(&due, testing::kPatience));
  CHECK(*PollUnlessStopped(&ready, testing::kPatience));
}

TEST_CASE("After StopSinks a reader that does read still gets everything") {
  const StopAfterwards stop_afterwards;
  const TempDir dir;
  const UniqueFd listener = ListenAt(dir / "s");
  auto sink = Open("unix:" + (dir / "s"));
  const UniqueFd reader = AcceptOne(listener);
  StopSinks();
  const std::string text = Lines(1, 20000);
  std::string got;
  std::thread reading([&] { got = Receive(reader, text.size()); });
  CHECK(sink->Write(text).ok());
  CHECK(sink->Flush(false).ok());
  reading.join();
  CHECK(got == text);
}

TEST_CASE("A FIFO waits for its reader") {
  const TempDir dir;
  REQUIRE(mkfifo((dir / "fifo").c_str(), 0600) == 0);
  std::string got;
  std::thread reading([&] { got = ReadFile(dir / "fifo"); });
  {
    auto sink = Open(dir / "fifo");
    CHECK(sink->Write(Lines(1, 3000)).ok());
    CHECK(sink->Flush(true).ok());
  }
  reading.join();
  CHECK(got == Lines(1, 3000));
  const StopAfterwards stop_afterwards;
  StopSinks();
  CHECK(OpenError(dir / "fifo").code() == StatusCode::kBrokenPipe);
}

TEST_CASE("Connecting: everything arrives, then the end") {
  const TempDir dir;
  const std::string port = FreePort();
  const std::pair<std::string, std::string> places[] = {{port, "tcp://localhost:" + port},
                                                        {dir / "s", "unix:" + (dir / "s")}};
  for (const auto& [where, endpoint] : places) {
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
  const std::string port = FreePort();
  const std::pair<std::string, std::string> places[] = {{port, "tcp://localhost:" + port},
                                                        {dir / "s", "unix:" + (dir / "s")}};
  for (const auto& [where, endpoint] : places) {
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
  const std::string port = FreePort();
  const std::pair<std::string, std::string> places[] = {{port, "tcp://localhost:" + port},
                                                        {dir / "s", "unix:" + (dir / "s")}};
  for (const auto& [where, endpoint] : places) {
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

TEST_CASE("Listening: the first client gets everything, a later one from when it joined") {
  const TempDir dir;
  const std::string port = FreePort();
  const std::pair<std::string, std::string> places[] = {{port, "tcp-listen://:" + port},
                                                        {dir / "s", "unix-listen:" + (dir / "s")}};
  for (const auto& [where, endpoint] : places) {
    INFO(endpoint);
    UniqueFd first;
    std::thread connecting([&, to = where] { first = ConnectTo(to); });
    auto sink = Open(endpoint);
    connecting.join();
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
  std::thread connecting([&] { first = ConnectTo(dir / "s"); });
  auto sink = Open("unix-listen:" + (dir / "s"));
  connecting.join();
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
  std::thread connecting([&] { client = ConnectTo(dir / "s"); });
  auto sink = Open("unix-listen:" + (dir / "s"));
  connecting.join();
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
  const std::string port = FreePort();
  const std::pair<std::string, std::string> places[] = {{port, "tcp-listen://:" + port},
                                                        {dir / "s", "unix-listen:" + (dir / "s")}};
  for (const auto& [where, endpoint] : places) {
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
  const std::string port = FreePort();
  const std::pair<std::string, std::string> places[] = {{port, "tcp-listen://:" + port},
                                                        {dir / "s", "unix-listen:" + (dir / "s")}};
  for (const auto& [where, endpoint] : places) {
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
  std::thread connecting([&] { client = ConnectTo(dir / "s"); });
  auto sink = Open("unix-listen:" + (dir / "s"), options);
  connecting.join();
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
