#include "base/log.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <string>

#include "support/catch.h"

namespace socklog::testing {
namespace {

// What a call writes to stderr.
template <typename Call>
std::string Stderr(Call call) {
  std::fflush(stderr);
  std::FILE* file = std::tmpfile();
  REQUIRE(file != nullptr);
  const int saved = dup(STDERR_FILENO);
  dup2(fileno(file), STDERR_FILENO);
  call();
  std::fflush(stderr);
  dup2(saved, STDERR_FILENO);
  close(saved);
  std::rewind(file);
  std::string text;
  for (int c; (c = std::fgetc(file)) != EOF;) text += static_cast<char>(c);
  std::fclose(file);
  return text;
}

std::string AllLevels(int verbosity) {
  return Stderr([&] {
    InitLog(verbosity, false);
    LogError("e");
    LogWarning("w");
    LogNote("n");
    LogDetail("d");
  });
}

}  // namespace

TEST_CASE("how much is told") {
  CHECK(AllLevels(-2) == "socklog: error: e\n");
  CHECK(AllLevels(-1) == "socklog: error: e\nsocklog: warning: w\n");
  CHECK(AllLevels(0) == "socklog: error: e\nsocklog: warning: w\nsocklog: n\n");
  CHECK(AllLevels(1) == "socklog: error: e\nsocklog: warning: w\nsocklog: n\nsocklog: d\n");
  InitLog(0, false);
}

TEST_CASE("one message is one line, and harmless") {
  CHECK(Stderr([] { LogNote("a\nb\x1b[31m {} %s \\ \xff"); }) == "socklog: a\\x0Ab\\x1B[31m {} %s \\ \\xFF\n");
}

}  // namespace socklog::testing
