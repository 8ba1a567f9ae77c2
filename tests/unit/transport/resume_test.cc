#include "transport/resume.h"

#include <filesystem>

#include "compress.h"
#include "support/catch.h"
#include "testing.h"

namespace socklog {
namespace {

using testing::CapturedStderr;
using testing::Has;
using testing::Lines;
using testing::Reader;
using testing::Rename;
using testing::TempDir;
using testing::WriteFile;

// What a run over the input knows at its end.
ResumePoint PointAtEnd(const std::string& input) {
  Reader reader({input});
  REQUIRE(reader.ReadAll());
  return {input, reader.PositionAfter()};
}

ResumePoint PointAtLine(const std::string& input, std::size_t line) {
  Reader reader({input});
  REQUIRE(reader.ReadAll());
  return {input, reader.PositionOf(line)};
}

SourceOptions From(std::vector<ResumePoint> points) {
  SourceOptions options;
  options.resume = std::move(points);
  return options;
}

TEST_CASE("The text of a position is read back") {
  const SavedPosition position = {IdentityOf("head", {7, 8}, "/var/log/an odd\nname"), 1234567890123};
  const std::string text = EncodeSavedPosition(position);
  CHECK(text.find('\n') == std::string::npos);
  const std::optional<SavedPosition> back = DecodeSavedPosition(text);
  REQUIRE(back);
  CHECK(back->offset == position.offset);
  CHECK(back->identity.length == 4);
  CHECK(back->identity.hash == position.identity.hash);
  CHECK(back->identity.number == FileNumber{7, 8});
  CHECK(EncodeSavedPosition(*back).size() >= text.size());
  for (const char* bad : {"", "1", "2 4 x 0 1 1 f", "1 4 0123456789abcdef0123456789abcdef x 1 1 f",
                          "1 9999 0123456789abcdef0123456789abcdef 1 1 1 f"}) {
    CHECK(!DecodeSavedPosition(bad));
  }
}

TEST_CASE("A run goes on at any line, in any form of the file") {
  const std::string text = Lines(1, 9000);
  const std::pair<const char*, std::string> forms[] = {
      {"plain", text}, {"gzip", testing::Gzip(text)}, {"zstd", testing::Zstd(text)}};
  for (const auto& [name, bytes] : forms) {
    for (const std::size_t line : {std::size_t{0}, std::size_t{1}, std::size_t{4500}, std::size_t{8999}}) {
      INFO(name << " line " << line);
      const TempDir dir;
      WriteFile(dir / "f", bytes);
      const ResumePoint point = PointAtLine(dir / "f", line);
      Reader reader({dir / "f"}, From({point}));
      CHECK(reader.resumed() == std::vector<PartitionId>{0});
      CHECK(reader.ReadAll());
      CHECK(reader.text() == Lines(static_cast<int>(line) + 1, 9000));
      Reader again({dir / "f"}, From({{point.partition_name, reader.PositionAfter()}}));
      CHECK(again.ReadAll());
      CHECK(again.text().empty());
    }
  }
}

TEST_CASE("The positions of a run that went on are as good as the first one's") {
  const TempDir dir;
  WriteFile(dir / "f", Lines(1, 3));  // shorter than what identifies it
  ResumePoint point = PointAtEnd(dir / "f");
  for (int i = 4; i < 60; ++i) {
    testing::AppendFile(dir / "f", Lines(i, i));
    Reader reader({dir / "f"}, From({point}));
    REQUIRE(reader.ReadAll());
    REQUIRE(reader.text() == Lines(i, i));
    point.position = reader.PositionAfter();
  }
}

TEST_CASE("The file was renamed, compressed, or both") {
  struct Case {
    const char* name;
    const char* moved;
    std::string (*pack)(std::string_view);
  };
  const auto same = [](std::string_view text) { return std::string(text); };
  const Case cases[] = {
      {"numbered", "access.log.1", same},
      {"dated", "access.log-20260101", same},
      {"gzip", "access.log.1.gz", testing::Gzip},
      {"zstd", "access.log-20260101.zst", testing::Zstd},
      {"date inside", "access-2026-01-01T00-00-00.000.log.gz", testing::Gzip},
      {"by hand", "access.log.before-update", same},
  };
  for (const bool follow : {false, true}) {
    for (const Case& c : cases) {
      INFO(c.name << (follow ? ", followed" : ""));
      const TempDir dir;
      WriteFile(dir / "access.log", Lines(1, 100));
      const ResumePoint point = PointAtLine(dir / "access.log", 50);
      WriteFile(dir / c.moved, c.pack(Lines(1, 120)));
      WriteFile(dir / "access.log", Lines(121, 130));
      WriteFile(dir / "access.log.unrelated", "no\n");
      SourceOptions options = From({point});
      options.follow = follow;
      Reader reader({dir / "access.log"}, options);
      CHECK(reader.resumed() == std::vector<PartitionId>{0});
      CHECK(reader.ReadUntilText(Lines(51, 130)));
      CHECK((follow || reader.ReadAll()));
      CHECK(reader.source().partition_count() == 1);
    }
  }
}

TEST_CASE("A run that died before it read anything") {
  const TempDir dir;
  WriteFile(dir / "access.log", Lines(1, 100));
  Reader first({dir / "access.log"});
  const ResumePoint point = {dir / "access.log", first.source().EncodePosition(0, Position())};
  WriteFile(dir / "access.log.1.gz", testing::Gzip(Lines(1, 110)));
  WriteFile(dir / "access.log", Lines(111, 120));
  Reader reader({dir / "access.log"}, From({point}));
  CHECK(reader.ReadAll());
  CHECK(reader.text() == Lines(1, 120));
}

TEST_CASE("A last line without newline can be left to the next run") {
  const TempDir dir;
  WriteFile(dir / "f", Lines(1, 3) + "half");
  SourceOptions options;
  options.leave_partial_line = true;
  Reader first({dir / "f"}, options);
  CHECK(first.ReadAll());
  CHECK(first.text() == Lines(1, 3));
  testing::AppendFile(dir / "f", " a line\n");
  Reader second({dir / "f"}, From({{dir / "f", first.PositionAfter()}}));
  CHECK(second.ReadAll());
  CHECK(second.text() == "half a line\n");
}

TEST_CASE("Two rotations since: the files between are read as well") {
  const TempDir dir;
  WriteFile(dir / "access.log", Lines(1, 100));
  const ResumePoint point = PointAtEnd(dir / "access.log");
  WriteFile(dir / "access.log.3.gz", testing::Gzip(Lines(1, 105)));
  WriteFile(dir / "access.log.4.gz", testing::Gzip(Lines(1, 50, "older")));
  WriteFile(dir / "access.log.2.gz", testing::Gzip(Lines(106, 200)));
  WriteFile(dir / "access.log.1", Lines(201, 300));
  WriteFile(dir / "access.log", Lines(301, 310));
  Reader reader({dir / "access.log"}, From({point}));
  CHECK(reader.ReadAll());
  CHECK(reader.text() == Lines(101, 310));
}

TEST_CASE("Compression has just begun: the copy is not taken for a file of its own") {
  const TempDir dir;
  WriteFile(dir / "access.log", Lines(1, 100));
  const ResumePoint point = PointAtEnd(dir / "access.log");
  Rename(dir / "access.log", dir / "access.log.2");
  WriteFile(dir / "access.log.1", Lines(101, 200));
  WriteFile(dir / "access.log", Lines(201, 210));
  WriteFile(dir / "access.log.2.gz", testing::Gzip(Lines(1, 100)));  // newest by its time
  WriteFile(dir / "access.log.1.gz", testing::Gzip(Lines(101, 150)));
  Reader reader({dir / "access.log"}, From({point}));
  CHECK(reader.ReadAll());
  CHECK(reader.text() == Lines(101, 210));
}

TEST_CASE("The file is nowhere: its successor is read, with a warning") {
  const TempDir dir;
  const CapturedStderr messages;
  WriteFile(dir / "access.log", Lines(1, 100));
  const ResumePoint point = PointAtEnd(dir / "access.log");
  WriteFile(dir / "access.log", Lines(501, 510));
  Reader reader({dir / "access.log"}, From({point}));
  CHECK(reader.resumed() == std::vector<PartitionId>{kNotResumed});
  CHECK(reader.ReadAll());
  CHECK(reader.text() == Lines(501, 510));
  CHECK(Has(messages.text(), "may be lost"));
}

TEST_CASE("The file is shorter than it was: it is read again") {
  const TempDir dir;
  const CapturedStderr messages;
  WriteFile(dir / "access.log", Lines(1, 100));
  const ResumePoint point = PointAtEnd(dir / "access.log");
  WriteFile(dir / "access.log", Lines(1, 40));
  Reader reader({dir / "access.log"}, From({point}));
  CHECK(reader.ReadAll());
  CHECK(reader.text() == Lines(1, 40));
  CHECK(Has(messages.text(), "shorter"));
}

TEST_CASE("A last line without newline is handed out once, whatever becomes of it") {
  const TempDir dir;
  WriteFile(dir / "f", "1\n2\nhalf");
  const ResumePoint point = PointAtEnd(dir / "f");
  const auto rest = [&] {
    Reader reader({dir / "f"}, From({point}));
    CHECK(reader.ReadAll());
    return reader.text();
  };
  CHECK(rest().empty());
  testing::AppendFile(dir / "f", " a line");
  CHECK(rest().empty());
  testing::AppendFile(dir / "f", "\n3\n");
  CHECK(rest() == "3\n");
}

TEST_CASE("Files that begin alike: no two take the same position") {
  const TempDir dir;
  WriteFile(dir / "a", Lines(1, 100));
  WriteFile(dir / "b", Lines(1, 100));
  const ResumePoint a = PointAtLine(dir / "a", 10);
  const ResumePoint b = PointAtLine(dir / "b", 20);
  for (const bool swapped : {false, true}) {
    Reader reader({dir / "a", dir / "b"}, From(swapped ? std::vector{b, a} : std::vector{a, b}));
    CHECK(reader.ReadAll());
    CHECK(reader.text(0) == Lines(11, 100));
    CHECK(reader.text(1) == Lines(21, 100));
    CHECK(reader.resumed() == (swapped ? std::vector<PartitionId>{1, 0} : std::vector<PartitionId>{0, 1}));
  }
  SECTION("only one of them was read before") {
    Reader reader({dir / "a", dir / "b"}, From({a}));
    CHECK(reader.ReadAll());
    CHECK(reader.text(0) == Lines(11, 100));
    CHECK(reader.text(1) == Lines(1, 100));
  }
}

TEST_CASE("All files of a log given, then rotated: each goes on where it was") {
  const TempDir dir;
  WriteFile(dir / "access.log", Lines(101, 200));
  WriteFile(dir / "access.log.1", Lines(1, 100));
  const ResumePoint current = PointAtEnd(dir / "access.log");
  const ResumePoint older = PointAtEnd(dir / "access.log.1");
  WriteFile(dir / "access.log.2.gz", testing::Gzip(Lines(1, 100)));
  WriteFile(dir / "access.log.1", Lines(101, 205));
  WriteFile(dir / "access.log", Lines(206, 300));
  Reader reader({dir / "access.log", dir / "access.log.1", dir / "access.log.2.gz"}, From({current, older}));
  CHECK(reader.resumed() == std::vector<PartitionId>{1, 2});
  CHECK(reader.ReadAll());
  CHECK(reader.text(0) == Lines(206, 300));
  CHECK(reader.text(1) == Lines(201, 205));
  CHECK(reader.text(2).empty());
}

TEST_CASE("Inputs that are no longer given, and positions that cannot be read") {
  const TempDir dir;
  WriteFile(dir / "a", "1\n");
  WriteFile(dir / "b", "2\n");
  Reader reader({dir / "b"}, From({PointAtEnd(dir / "a"), {"tcp://192.0.2.1:1", ""}}));
  CHECK(reader.resumed() == std::vector<PartitionId>{kNotResumed, kNotResumed});
  CHECK(reader.ReadAll());
  CHECK(reader.text() == "2\n");
  const Status status = testing::OpenError({dir / "b"}, From({{dir / "b", "rubbish"}}));
  CHECK(status.code() == StatusCode::kDataLoss);
  CHECK(Has(status.message(), "--reset-state"));
}

TEST_CASE("Killed at any line across a rotation: nothing is lost or doubled") {
  const TempDir dir;
  WriteFile(dir / "access.log", Lines(1, 100));
  SourceOptions follow;
  follow.follow = true;
  Reader reader({dir / "access.log"}, follow);
  reader.ReadPresent();
  Rename(dir / "access.log", dir / "access.log.1");
  WriteFile(dir / "access.log", Lines(101, 150));
  REQUIRE(reader.ReadUntilText(Lines(1, 150)));
  for (const std::size_t line : {0u, 99u, 100u, 149u}) {
    INFO(line);
    Reader next({dir / "access.log"}, From({{dir / "access.log", reader.PositionOf(line)}}));
    CHECK(next.ReadAll());
    CHECK(next.text() == Lines(static_cast<int>(line) + 1, 150));
  }
}

}  // namespace
}  // namespace socklog
