// Sinks that are pipes: stdout and FIFOs.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <thread>

#include "sink_testing.h"
#include "support/catch.h"

namespace socklog {
namespace {

using testing::AcceptOne;
using testing::Has;
using testing::Lines;
using testing::ListenAt;
using testing::Open;
using testing::OpenError;
using testing::ReadFile;
using testing::Receive;
using testing::StopAfterwards;
using testing::TempDir;

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

std::unique_ptr<Sink> OpenStdout(const Pipe& pipe) {
  const Stdout stdout_is(pipe.write_end.get());
  return Open("-");
}

TEST_CASE("stdout: a pipe with a slow reader gets everything") {
  Pipe pipe;
  std::unique_ptr<Sink> sink = OpenStdout(pipe);
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
  std::unique_ptr<Sink> sink = OpenStdout(pipe);
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
  std::unique_ptr<Sink> sink = OpenStdout(pipe);
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

}  // namespace
}  // namespace socklog
