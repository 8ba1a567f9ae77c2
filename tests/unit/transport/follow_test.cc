#include <fcntl.h>
#include <unistd.h>

#include <filesystem>

#include "compress.h"
#include "support/catch.h"
#include "support/manual_clock.h"
#include "testing.h"

namespace socklog {
namespace {

using testing::AppendFile;
using testing::CapturedStderr;
using testing::Has;
using testing::Lines;
using testing::Reader;
using testing::Rename;
using testing::TempDir;
using testing::WriteFile;

SourceOptions Follow() {
  SourceOptions options;
  options.follow = true;
  return options;
}

TEST_CASE("A followed file waits for more") {
  const TempDir dir;
  WriteFile(dir / "access.log", Lines(1, 10) + "half");
  Reader reader({dir / "access.log"}, Follow());
  CHECK(reader.source().can_idle(0));
  CHECK(reader.ReadUntilText(Lines(1, 10)));
  reader.ReadPresent();
  CHECK(reader.text() == Lines(1, 10));  // the last line is not finished
  AppendFile(dir / "access.log", " a line\n" + Lines(11, 12));
  CHECK(reader.ReadUntilText(Lines(1, 10) + "half a line\n" + Lines(11, 12)));
  CHECK(!reader.ended());
}

TEST_CASE("A followed file that is empty at first") {
  const TempDir dir;
  WriteFile(dir / "access.log", "");
  Reader reader({dir / "access.log"}, Follow());
  reader.ReadPresent();
  AppendFile(dir / "access.log", "1\n");
  CHECK(reader.ReadUntilText("1\n"));
}

TEST_CASE("Rotation by renaming: the old file to its end, then the new one") {
  const TempDir dir;
  WriteFile(dir / "access.log", Lines(1, 10));
  Reader reader({dir / "access.log"}, Follow());
  reader.ReadPresent();
  const UniqueFd server(open((dir / "access.log").c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
  Rename(dir / "access.log", dir / "access.log.1");
  const std::string late = Lines(11, 12) + "cut off";
  REQUIRE(write(server.get(), late.data(), late.size()) == static_cast<ssize_t>(late.size()));
  WriteFile(dir / "access.log", Lines(13, 14));
  CHECK(reader.ReadUntilText(Lines(1, 12) + "cut off\n" + Lines(13, 14)));
  AppendFile(dir / "access.log", Lines(15, 15));
  CHECK(reader.ReadUntilText(Lines(1, 12) + "cut off\n" + Lines(13, 15)));
  CHECK(reader.source().partition_count() == 1);
}

TEST_CASE("A server that goes on writing to the renamed file is not cut off") {
  const TempDir dir;
  WriteFile(dir / "access.log", Lines(1, 10));
  Reader reader({dir / "access.log"}, Follow());
  reader.ReadPresent();
  Rename(dir / "access.log", dir / "access.log.1");
  WriteFile(dir / "access.log", Lines(101, 102));
  for (int i = 11; i <= 20; ++i) {  // an old worker and a new one
    AppendFile(dir / "access.log.1", Lines(i, i));
    AppendFile(dir / "access.log", Lines(92 + i, 92 + i));
    REQUIRE(reader.ReadUntilText(Lines(1, i)));
  }
  CHECK(reader.ReadUntilText(Lines(1, 20) + Lines(101, 112)));
}

TEST_CASE("Rotation by renaming and compressing") {
  const TempDir dir;
  WriteFile(dir / "access.log", Lines(1, 100));
  Reader reader({dir / "access.log"}, Follow());
  Block block;
  reader.ReadPresent();
  AppendFile(dir / "access.log", Lines(101, 110));
  Rename(dir / "access.log", dir / "access.log.1");
  WriteFile(dir / "access.log.1.gz", testing::Gzip(testing::ReadFile(dir / "access.log.1")));
  std::filesystem::remove(dir / "access.log.1");
  WriteFile(dir / "access.log", Lines(111, 120));
  CHECK(reader.ReadUntilText(Lines(1, 120)));
}

TEST_CASE("A renamed log is read until nothing came for a second, however long that takes") {
  const TempDir dir;
  WriteFile(dir / "access.log", "1\n");
  testing::ManualClock clock;
  std::vector<PartitionId> resumed;
  Result<std::unique_ptr<Source>> source = OpenSource({testing::At(dir / "access.log")}, Follow(), clock, &resumed);
  REQUIRE(source.ok());
  const auto read = [&] {
    Block block;
    std::string text;
    while (*(*source)->Read(0, &block) == Progress::kMore) text += block.text.view();
    return text;
  };
  CHECK(read() == "1\n");
  Rename(dir / "access.log", dir / "access.log.1");
  WriteFile(dir / "access.log", "6\n");
  CHECK(read().empty());
  for (const std::string line : {"2\n", "3\n", "4\n", "5\n"}) {
    clock.Turn(700 * kMillisecond);
    AppendFile(dir / "access.log.1", line);
    CHECK(read() == line);
  }
  clock.Turn(kSecond);
  CHECK(read() == "6\n");
}

TEST_CASE("Several rotations while nobody read") {
  for (const bool dated : {false, true}) {
    INFO((dated ? "dated names" : "numbered names"));
    const TempDir dir;
    WriteFile(dir / "access.log", Lines(1, 100));
    Reader reader({dir / "access.log"}, Follow());
    reader.ReadPresent();
    if (dated) {
      Rename(dir / "access.log", dir / "access.log-20260101");
      WriteFile(dir / "access.log-20260102.zst", testing::Zstd(Lines(101, 200)));
      WriteFile(dir / "access.log-20260103", Lines(201, 300));
    } else {
      Rename(dir / "access.log", dir / "access.log.3");
      WriteFile(dir / "access.log.1", Lines(201, 300));
      WriteFile(dir / "access.log.2.gz", testing::Gzip(Lines(101, 200)));
    }
    WriteFile(dir / "access.log.swp", "an editor's\n");
    WriteFile(dir / "access.log-old-notes", "1\n2\n");
    WriteFile(dir / "access.log", Lines(301, 310));
    CHECK(reader.ReadUntilText(Lines(1, 310)));
  }
}

TEST_CASE("Rotation by copying and truncating: what was not read is in the copy") {
  for (const bool packed : {false, true}) {
    INFO((packed ? "compressed" : "plain"));
    const TempDir dir;
    WriteFile(dir / "access.log", Lines(1, 100) + "line 101");
    Reader reader({dir / "access.log"}, Follow());
    REQUIRE(reader.ReadUntilText(Lines(1, 100)));
    const std::string rest = Lines(101, 150).substr(8);
    AppendFile(dir / "access.log", rest);
    if (packed) {
      WriteFile(dir / "access.log.1.gz", testing::Gzip(testing::ReadFile(dir / "access.log")));
    } else {
      std::filesystem::copy(dir / "access.log", dir / "access.log.1");
    }
    std::filesystem::resize_file(dir / "access.log", 0);
    AppendFile(dir / "access.log", Lines(151, 160));
    CHECK(reader.ReadUntilText(Lines(1, 160)));
    AppendFile(dir / "access.log", Lines(161, 161));
    CHECK(reader.ReadUntilText(Lines(1, 161)));
  }
}

TEST_CASE("Truncation without a copy") {
  const TempDir dir;
  const CapturedStderr messages;
  WriteFile(dir / "access.log", Lines(1, 100) + "half");
  Reader reader({dir / "access.log"}, Follow());
  reader.ReadPresent();
  std::filesystem::resize_file(dir / "access.log", 0);
  CHECK(reader.ReadUntilText(Lines(1, 100) + "half\n"));
  AppendFile(dir / "access.log", Lines(101, 110));
  CHECK(reader.ReadUntilText(Lines(1, 100) + "half\n" + Lines(101, 110)));
  CHECK(Has(messages.text(), "truncated"));
}

TEST_CASE("Truncated and already longer than before") {
  const TempDir dir;
  WriteFile(dir / "access.log", Lines(1, 100));
  Reader reader({dir / "access.log"}, Follow());
  reader.ReadPresent();
  WriteFile(dir / "access.log", Lines(101, 300));
  CHECK(reader.ReadUntilText(Lines(1, 300)));
}

TEST_CASE("Removed, and created again later") {
  const TempDir dir;
  WriteFile(dir / "access.log", Lines(1, 10));
  Reader reader({dir / "access.log"}, Follow());
  reader.ReadPresent();
  std::filesystem::remove(dir / "access.log");
  reader.ReadPresent();
  CHECK(reader.source().Wait(10 * kMillisecond).ok());
  CHECK(!reader.ended());
  WriteFile(dir / "access.log", Lines(11, 20));
  CHECK(reader.ReadUntilText(Lines(1, 20)));
}

TEST_CASE("The new file cannot be opened at first") {
  const TempDir dir;
  const CapturedStderr messages;
  WriteFile(dir / "access.log", Lines(1, 10));
  Reader reader({dir / "access.log"}, Follow());
  reader.ReadPresent();
  Rename(dir / "access.log", dir / "access.log.1");
  std::filesystem::create_directory(dir / "access.log");
  CHECK(reader.ReadUntil([&] { return messages.text().find("is a directory") != std::string::npos; }));
  std::filesystem::remove(dir / "access.log");
  WriteFile(dir / "access.log", Lines(11, 20));
  CHECK(reader.ReadUntilText(Lines(1, 20)));
}

TEST_CASE("A followed compressed file ends where it ends") {
  const TempDir dir;
  WriteFile(dir / "access.log.1.gz", testing::Gzip(Lines(1, 10)));
  Reader reader({dir / "access.log.1.gz"}, Follow());
  CHECK(reader.ReadAll());
  CHECK(reader.text() == Lines(1, 10));
}

TEST_CASE("A log and what rotation made of it, both followed: no line comes twice") {
  const TempDir dir;
  WriteFile(dir / "access.log", Lines(11, 20));
  WriteFile(dir / "access.log.1", Lines(1, 10));
  Reader reader({dir / "access.log", dir / "access.log.1"}, Follow());
  reader.ReadPresent();
  Rename(dir / "access.log.1", dir / "access.log.2");
  Rename(dir / "access.log", dir / "access.log.1");
  WriteFile(dir / "access.log", Lines(21, 30));
  CHECK(reader.ReadUntilText(Lines(11, 30)));
  AppendFile(dir / "access.log", Lines(31, 31));
  CHECK(reader.ReadUntilText(Lines(11, 31)));
  CHECK(reader.text(1) == Lines(1, 10));
}

}  // namespace
}  // namespace socklog
