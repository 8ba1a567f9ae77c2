#include "transport/file_io.h"

#include <sys/stat.h>
#include <unistd.h>

#include "support/catch.h"
#include "testing.h"

namespace socklog {
namespace {

using testing::Has;
using testing::ReadFile;
using testing::TempDir;

TEST_CASE("A file is read whole") {
  const TempDir dir;
  const std::string bytes = testing::Lines(1, 2000);
  testing::WriteFile(dir / "f", bytes);
  Result<std::string> read = ReadWholeFile(dir / "f", bytes.size());
  REQUIRE(read.ok());
  CHECK(*read == bytes);
  read = ReadWholeFile(dir / "f", bytes.size() - 1);
  REQUIRE(!read.ok());
  CHECK(read.status().code() == StatusCode::kUsage);
  CHECK(Has(read.status().message(), dir / "f"));
  CHECK(Has(read.status().message(), "larger than"));
  CHECK(Has(ReadWholeFile(dir / "none", 10).status().message(), "No such file"));
  CHECK(Has(ReadWholeFile(dir / ".", 10).status().message(), "directory"));
}

TEST_CASE("Who can read a private file") {
  CHECK(IsPrivate("/run/credentials/socklog.service/key", 0100600));
  CHECK(!IsPrivate("/run/credentials/socklog.service/key", 0100440));
  REQUIRE(setenv("CREDENTIALS_DIRECTORY", "/run/credentials/socklog.service", 1) == 0);
  CHECK(IsPrivate("/run/credentials/socklog.service/key", 0100440));
  CHECK(!IsPrivate("/run/credentials/socklog.service/key", 0100444));
  CHECK(!IsPrivate("/run/credentials/socklog.service/key", 0100460));
  CHECK(!IsPrivate("/run/credentials/socklog.service2/key", 0100440));
  REQUIRE(unsetenv("CREDENTIALS_DIRECTORY") == 0);
}

TEST_CASE("A file is replaced at once and leaves nothing beside it") {
  const TempDir dir;
  REQUIRE(WriteFileAtomically(dir / "f", "one").ok());
  struct stat info;
  REQUIRE(stat((dir / "f").c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0600);
  const ino_t before = info.st_ino;
  REQUIRE(WriteFileAtomically(dir / "f", "two", 0644).ok());
  CHECK(ReadFile(dir / "f") == "two");
  REQUIRE(stat((dir / "f").c_str(), &info) == 0);
  CHECK(info.st_ino != before);
  CHECK((info.st_mode & 0777 & ~0022) == (0644 & ~0022));
  CHECK(system(("test \"$(ls -A " + (dir / ".") + ")\" = f").c_str()) == 0);
}

TEST_CASE("Places that cannot be written are named") {
  const TempDir dir;
  const Status status = WriteFileAtomically(dir / "none/f", "x");
  CHECK(status.code() == StatusCode::kUsage);
  CHECK(Has(status.message(), dir / "none/f"));
  CHECK(Has(status.message(), "No such file"));
  const Status full = WriteFileAtomically("/dev/full", "x");
  CHECK(full.code() == StatusCode::kFailed);
  CHECK(Has(full.message(), "/dev/full"));
  CHECK(Has(full.message(), "No space left"));
  CHECK(WriteFileAtomically("/dev/null", "x").ok());
}

TEST_CASE("A symbolic link stays one") {
  const TempDir dir;
  testing::WriteFile(dir / "target", "old");
  REQUIRE(symlink("target", (dir / "link").c_str()) == 0);
  REQUIRE(WriteFileAtomically(dir / "link", "new").ok());
  CHECK(ReadFile(dir / "target") == "new");
  struct stat info;
  REQUIRE(lstat((dir / "link").c_str(), &info) == 0);
  CHECK(S_ISLNK(info.st_mode));
}

}  // namespace
}  // namespace socklog
