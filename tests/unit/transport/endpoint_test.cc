#include <sys/stat.h>
#include <unistd.h>

#include "support/catch.h"
#include "testing.h"

namespace socklog {
namespace {

using testing::At;
using testing::TempDir;

TEST_CASE("Whether two endpoints are one place") {
  const TempDir dir;
  testing::WriteFile(dir / "a", "");
  REQUIRE(symlink((dir / "a").c_str(), (dir / "link").c_str()) == 0);
  REQUIRE(link((dir / "a").c_str(), (dir / "hard").c_str()) == 0);
  testing::WriteFile(dir / "b", "");
  const auto same = [](const std::string& a, const std::string& b) { return SameEndpoint(At(a), At(b)); };
  CHECK(same(dir / "a", dir / "link"));
  CHECK(same(dir / "a", dir / "hard"));
  CHECK(same(dir / "new", dir / "./new"));
  CHECK(!same(dir / "a", dir / "b"));
  CHECK(!same(dir / "new", dir / "new2"));
  CHECK(same("tcp://localhost:1", "tcp-listen://127.0.0.1:1"));
  CHECK(same("tcp://LOGS.example.org:1", "tcp://logs.example.org:1"));
  CHECK(!same("tcp://localhost:1", "tcp://localhost:2"));
  CHECK(same("unix:" + (dir / "s"), "unix-listen:" + (dir / "s")));
  CHECK(!same("unix:" + (dir / "s"), "tcp://localhost:1"));
  CHECK(!same("-", dir / "a"));
  CHECK(same("-", "-"));
}

}  // namespace
}  // namespace socklog
