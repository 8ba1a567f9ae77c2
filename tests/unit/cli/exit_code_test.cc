#include "cli/exit_code.h"

#include "support/catch.h"

namespace socklog {
namespace {

TEST_CASE("each status has its exit code") {
  CHECK(ExitCodeOf(StatusCode::kOk) == 0);
  CHECK(ExitCodeOf(StatusCode::kBrokenPipe) == 0);
  CHECK(ExitCodeOf(StatusCode::kFailed) == 1);
  CHECK(ExitCodeOf(StatusCode::kUnavailable) == 1);
  CHECK(ExitCodeOf(StatusCode::kUsage) == 2);
  CHECK(ExitCodeOf(StatusCode::kDataLoss) == 2);
  CHECK(kExitAlerts == 3);
}

}  // namespace
}  // namespace socklog
