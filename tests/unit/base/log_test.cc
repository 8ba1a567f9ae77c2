#include "base/log.h"

#include <string>

#include "support/captured_stderr.h"
#include "support/catch.h"

namespace socklog::testing {
namespace {

std::string AllLevels(int verbosity) {
  return StderrOf([&] {
    InitLog(verbosity, false);
    LogWarning("w");
    LogNote("n");
    LogDetail("d");
  });
}

}  // namespace

TEST_CASE("how much is told") {
  CHECK(AllLevels(-2) == "");
  CHECK(AllLevels(-1) == "socklog: warning: w\n");
  CHECK(AllLevels(0) == "socklog: warning: w\nsocklog: n\n");
  CHECK(AllLevels(1) == "socklog: warning: w\nsocklog: n\nsocklog: d\n");
  InitLog(0, false);
}

TEST_CASE("one message is one line, and harmless") {
  CHECK(StderrOf([] { LogNote("a\nb\x1b[31m {} %s \\ \xff"); }) == "socklog: a\\x0Ab\\x1B[31m {} %s \\ \\xFF\n");
}

}  // namespace socklog::testing
