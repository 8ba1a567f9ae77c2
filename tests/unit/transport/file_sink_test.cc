// Sinks that are files and devices.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <utility>

#include "sink_testing.h"
#include "support/catch.h"

namespace socklog {
namespace {

using testing::CapturedStderr;
using testing::Has;
using testing::Lines;
using testing::ListenAt;
using testing::Open;
using testing::OpenError;
using testing::ReadFile;
using testing::TempDir;
using testing::WriteFile;

SinkOptions From(std::uint64_t length) {
  SinkOptions options;
  options.resume_length = length;
  return options;
}

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

}  // namespace
}  // namespace socklog
