#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <random>
#include <thread>

#include "compress.h"
#include "support/catch.h"
#include "testing.h"

namespace socklog {
namespace {

using testing::CapturedStderr;
using testing::Gzip;
using testing::Has;
using testing::Lines;
using testing::OpenError;
using testing::Reader;
using testing::TempDir;
using testing::WriteFile;
using testing::Zstd;

TEST_CASE("A file's lines, whatever its form") {
  const std::string text = Lines(1, 20000);  // several blocks
  const std::string start = text.substr(0, text.size() / 3);
  const std::string rest = text.substr(start.size());
  const std::string skippable("\x50\x2a\x4d\x18\x04\0\0\0abcd", 12);
  const std::pair<const char*, std::string> forms[] = {
      {"plain", text},
      {"without a last newline", text.substr(0, text.size() - 1)},
      {"gzip", Gzip(text)},
      {"gzip of two members, one cut in a line", Gzip(start) + Gzip(rest)},
      {"gzip with an empty member", Gzip("") + Gzip(text) + Gzip("")},
      {"gzip with padding", Gzip(text) + std::string(1000, '\0')},
      {"zstd", Zstd(text)},
      {"zstd of two frames", Zstd(start) + Zstd(rest)},
      {"zstd after a skippable frame", skippable + Zstd(text)},
  };
  for (const auto& [name, bytes] : forms) {
    INFO(name);
    const TempDir dir;
    WriteFile(dir / "access.log", bytes);  // the name says nothing
    Reader reader({dir / "access.log"});
    CHECK(reader.ReadAll());
    CHECK(reader.text() == text);
    CHECK(reader.source().complete());
    CHECK(!reader.source().can_idle(0));
  }
}

TEST_CASE("Small and odd files") {
  const std::pair<const char*, std::string> cases[] = {
      {"", ""},
      {"x", "x\n"},
      {"\n", "\n"},
      {"\n\n", "\n\n"},
      {"(", "(\n"},        // begins like zstd
      {"\x1f", "\x1f\n"},  // begins like gzip
      {"\x1f\x8b", "\x1f\x8b\n"},
      {"P*M", "P*M\n"},  // begins like a skippable frame
      {"PUT / HTTP\n", "PUT / HTTP\n"},
  };
  for (const auto& [bytes, lines] : cases) {
    INFO(bytes);
    const TempDir dir;
    WriteFile(dir / "f", bytes);
    Reader reader({dir / "f"});
    CHECK(reader.ReadAll());
    CHECK(reader.text() == lines);
  }
}

TEST_CASE("A highly compressible file comes in blocks") {
  const TempDir dir;
  WriteFile(dir / "f", Gzip(std::string(4u << 20, '\n')));
  Reader reader({dir / "f"});
  Block block;
  REQUIRE(*reader.source().Read(0, &block) == Progress::kMore);
  const std::size_t first = block.text.size();
  CHECK(first <= 256 * 1024);
  CHECK(reader.ReadAll());
  CHECK(first + reader.text().size() == 4u << 20);
}

TEST_CASE("A line longer than a block is one line") {
  const TempDir dir;
  const std::string longest(kMaxLineBytes, 'y');
  WriteFile(dir / "f", "a\n" + longest + "\n" + longest + "yy\nb\n");
  Reader reader({dir / "f"});
  CHECK(reader.ReadAll());
  CHECK(reader.text() == "a\n" + longest + "\n" + longest + "\nb\n");
}

TEST_CASE("A compressed file that breaks off gives its lines and a warning") {
  const std::string text = Lines(1, 5000);
  const std::string damaged_middle = [&] {
    std::string bytes = Gzip(text);
    for (std::size_t i = bytes.size() / 2; i < bytes.size() / 2 + 64; ++i) bytes[i] = static_cast<char>(~bytes[i]);
    return bytes;
  }();
  const std::string wrong_sum = [&] {
    std::string bytes = Gzip(text);
    bytes[bytes.size() - 8] = static_cast<char>(~bytes[bytes.size() - 8]);
    return bytes;
  }();
  struct Case {
    const char* name;
    std::string bytes;
    const char* message;
    std::size_t least;
  };
  const Case cases[] = {
      {"cut gzip", Gzip(text).substr(0, Gzip(text).size() / 2), "ends in the middle", 1},
      {"cut in the second member", Gzip(text) + Gzip(text).substr(0, 50), "ends in the middle", text.size()},
      {"cut zstd", Zstd(text) + Zstd(text).substr(0, 30), "ends in the middle", text.size()},
      {"damaged gzip", damaged_middle, "damaged", 1},
      {"wrong check sum", wrong_sum, "incorrect data check", text.size()},
      {"rubbish after zstd", Zstd(text) + "rubbish", "damaged", text.size()},
  };
  for (const Case& c : cases) {
    INFO(c.name);
    const TempDir dir;
    WriteFile(dir / "f", c.bytes);
    const CapturedStderr messages;
    Reader reader({dir / "f"});
    CHECK(reader.ReadAll());
    CHECK(reader.text().size() >= c.least);
    CHECK(Has(messages.text(), (dir / "f") + ": "));
    CHECK(Has(messages.text(), c.message));
  }
}

TEST_CASE("Positions of lines are offsets in the plain text") {
  const TempDir dir;
  const std::string text = Lines(1, 6000);
  WriteFile(dir / "f", Gzip(text));
  Reader reader({dir / "f"});
  Block block;
  std::string at_positions;
  while (*reader.source().Read(0, &block) == Progress::kMore) {
    REQUIRE(text.compare(block.position, block.text.size(), block.text.view()) == 0);
    at_positions += block.text.view();
  }
  CHECK(at_positions == text);
}

TEST_CASE("Several files are several partitions, in the order given") {
  const TempDir dir;
  WriteFile(dir / "b", "1\n");
  WriteFile(dir / "a", "2\n3\n");
  Reader reader({dir / "b", dir / "a"});
  CHECK(reader.ReadAll());
  CHECK(reader.source().partition_count() == 2);
  CHECK(reader.source().partition_name(0) == dir / "b");
  CHECK(reader.text(0) == "1\n");
  CHECK(reader.text(1) == "2\n3\n");
}

TEST_CASE("Inputs that cannot be read are wrong usage") {
  const TempDir dir;
  WriteFile(dir / "f", "x\n");
  WriteFile(dir / "copy", "x\n");
  REQUIRE(symlink("f", (dir / "link").c_str()) == 0);
  struct Case {
    std::vector<std::string> inputs;
    std::string message;
  };
  const Case cases[] = {
      {{dir / "none"}, (dir / "none") + ": cannot open: No such file"},
      {{dir / "."}, "is a directory"},
      {{dir / "f", dir / "link"}, "'" + (dir / "f") + "' and '" + (dir / "link") + "' are the same file"},
      {{"-", "-"}, "are the same input"},
      {{"tcp://localhost:1", "tcp://127.0.0.1:1"}, "are the same input"},
      {{"unix:" + std::string(200, 'x')}, "at most 107 bytes"},
  };
  for (const Case& c : cases) {
    const Status status = OpenError(c.inputs);
    CHECK(status.code() == StatusCode::kUsage);
    CHECK(Has(status.message(), c.message));
  }
  CHECK(OpenError({dir / "f", dir / "copy"}).ok());  // equal, but two
}

TEST_CASE("No permission is wrong usage") {
  const TempDir dir;
  WriteFile(dir / "f", "x\n");
  chmod((dir / "f").c_str(), 0);
  if (access((dir / "f").c_str(), R_OK) == 0) return;  // root may read everything
  CHECK(Has(OpenError({dir / "f"}).message(), "Permission denied"));
}

TEST_CASE("--until end leaves out what is appended after the start") {
  const TempDir dir;
  WriteFile(dir / "f", "1\n2\nhalf");
  SourceOptions options;
  options.until_end = true;
  SECTION("a line that was being written is left out as a whole") {
    Reader reader({dir / "f"}, options);
    testing::AppendFile(dir / "f", " a line\n3\n");
    CHECK(reader.ReadAll());
    CHECK(reader.text() == "1\n2\n");
  }
  SECTION("an unfinished last line that stays so is a line") {
    Reader reader({dir / "f"}, options);
    CHECK(reader.ReadAll());
    CHECK(reader.text() == "1\n2\nhalf\n");
  }
}

// Replaces this process's stdin.
class Stdin {
 public:
  explicit Stdin(int fd) : saved_(dup(STDIN_FILENO)) { dup2(fd, STDIN_FILENO); }
  ~Stdin() {
    dup2(saved_, STDIN_FILENO);
    close(saved_);
  }
  Stdin(const Stdin&) = delete;
  Stdin& operator=(const Stdin&) = delete;

 private:
  int saved_;
};

TEST_CASE("stdin: a file, from where it stands") {
  const TempDir dir;
  WriteFile(dir / "f", "1\n2\n3");
  const UniqueFd fd(open((dir / "f").c_str(), O_RDONLY));
  lseek(fd.get(), 2, SEEK_SET);
  const Stdin stdin_is(fd.get());
  Reader reader({"-"});
  CHECK(reader.source().partition_name(0) == "stdin");
  CHECK(!reader.source().can_idle(0));
  CHECK(reader.ReadAll());
  CHECK(reader.text() == "2\n3\n");
  CHECK(reader.PositionAfter().empty());
}

TEST_CASE("stdin: a compressed file") {
  const TempDir dir;
  WriteFile(dir / "f", Zstd("1\n2\n"));
  const UniqueFd fd(open((dir / "f").c_str(), O_RDONLY));
  const Stdin stdin_is(fd.get());
  Reader reader({"-"});
  CHECK(reader.ReadAll());
  CHECK(reader.text() == "1\n2\n");
}

TEST_CASE("stdin: a directory is wrong usage") {
  const UniqueFd fd(open("/", O_RDONLY));
  const Stdin stdin_is(fd.get());
  CHECK(Has(OpenError({"-"}).message(), "directory"));
}

TEST_CASE("stdin: a pipe, whose lines do not depend on how the bytes are cut") {
  const std::string text = Lines(1, 3000) + "last without newline";
  std::mt19937 random(7);
  for (const std::size_t most : {1u, 7u, 100u, 5000u, 100000u}) {
    INFO("pieces of up to " << most << " bytes");
    const std::string part = most == 1 ? text.substr(0, 3000) : text;
    int ends[2];
    REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
    UniqueFd read_end(ends[0]), write_end(ends[1]);
    const Stdin stdin_is(read_end.get());
    Reader reader({"-"});
    std::thread writer([&] {
      for (std::size_t at = 0; at < part.size();) {
        const std::size_t size = std::min(part.size() - at, 1 + random() % most);
        const ssize_t written = write(write_end.get(), part.data() + at, size);
        if (written <= 0) break;
        at += static_cast<std::size_t>(written);
      }
      write_end.Reset();
    });
    const bool ended = reader.ReadAll();
    writer.join();
    CHECK(ended);
    CHECK(reader.text() == part + "\n");
  }
}

TEST_CASE("stdin: a complete line comes at once, an unfinished one waits") {
  int ends[2];
  REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
  UniqueFd read_end(ends[0]), write_end(ends[1]);
  const Stdin stdin_is(read_end.get());
  Reader reader({"-"});
  reader.ReadPresent();
  CHECK(reader.text().empty());
  REQUIRE(write(write_end.get(), "1\n2", 3) == 3);
  CHECK(reader.ReadUntilText("1\n"));
  reader.ReadPresent();
  CHECK(reader.text() == "1\n");
  REQUIRE(write(write_end.get(), "\n", 1) == 1);
  CHECK(reader.ReadUntilText("1\n2\n"));
}

TEST_CASE("A FIFO waits for its first writer and ends with its last") {
  const TempDir dir;
  REQUIRE(mkfifo((dir / "fifo").c_str(), 0600) == 0);
  Reader reader({dir / "fifo"});
  reader.ReadPresent();
  CHECK(!reader.ended());
  UniqueFd writer(open((dir / "fifo").c_str(), O_WRONLY | O_CLOEXEC));
  REQUIRE(write(writer.get(), "1\n2", 3) == 3);
  CHECK(reader.ReadUntilText("1\n"));
  writer.Reset();
  CHECK(reader.ReadAll());
  CHECK(reader.text() == "1\n2\n");
}

TEST_CASE("A followed FIFO outlives its writers") {
  const TempDir dir;
  REQUIRE(mkfifo((dir / "fifo").c_str(), 0600) == 0);
  SourceOptions options;
  options.follow = true;
  Reader reader({dir / "fifo"}, options);
  for (const std::string text : {"1\n", "1\n2\n"}) {
    UniqueFd writer(open((dir / "fifo").c_str(), O_WRONLY | O_CLOEXEC));
    const std::string line = text.substr(text.size() - 2);
    REQUIRE(write(writer.get(), line.data(), line.size()) == 2);
    writer.Reset();
    CHECK(reader.ReadUntilText(text));
  }
  CHECK(!reader.ended());
}

TEST_CASE("Stop from another thread ends a wait without limit") {
  int ends[2];
  REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
  const UniqueFd read_end(ends[0]), write_end(ends[1]);
  const Stdin stdin_is(read_end.get());
  Reader reader({"-"});
  Block block;
  REQUIRE(*reader.source().Read(0, &block) == Progress::kIdle);
  std::thread stopper([&] { reader.source().Stop(); });
  CHECK(reader.source().Wait(-1).ok());
  stopper.join();
  REQUIRE(write(write_end.get(), "1\n", 2) == 2);
  CHECK(*reader.source().Read(0, &block) == Progress::kIdle);
  CHECK(block.text.empty());
  CHECK(reader.source().Wait(-1).ok());
}

TEST_CASE("Stop ends a Read that never finds a line") {
  Reader reader({"/dev/zero"});
  std::thread stopper([&] { reader.source().Stop(); });
  Block block;
  CHECK(*reader.source().Read(0, &block) == Progress::kIdle);
  stopper.join();
}

TEST_CASE("A partition that is held back does not keep Wait awake") {
  const TempDir dir;
  WriteFile(dir / "f", "1\n");
  SourceOptions options;
  options.follow = true;
  int ends[2];
  REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
  const UniqueFd read_end(ends[0]), write_end(ends[1]);
  const Stdin stdin_is(read_end.get());
  Reader reader({dir / "f", "-"}, options);
  reader.ReadPresent();
  REQUIRE(write(write_end.get(), "1\n", 2) == 2);
  const Micros before = testing::TestClock().Monotonic();
  CHECK(reader.source().Wait(10 * kSecond).ok());  // stdin has something
  CHECK(testing::TestClock().Monotonic() - before < 5 * kSecond);
  const Micros start = testing::TestClock().Monotonic();
  CHECK(reader.source().Wait(20 * kMillisecond).ok());  // that was said
  CHECK(testing::TestClock().Monotonic() - start >= 20 * kMillisecond);
}

}  // namespace
}  // namespace socklog
