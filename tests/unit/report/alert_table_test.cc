#include "report/alert_table.h"

#include "metrics/registry.h"
#include "support/catch.h"

namespace socklog::testing {
namespace {

Alert SomeAlert() {
  Alert alert;
  alert.metric = FindMetric("error_rate_by_url");
  alert.key = "/cart";
  alert.value = 0.42;
  alert.threshold = 0.073;
  alert.threshold_source = "t.toml 4f1c0a2b";
  alert.samples = 1310;
  alert.window_end = 1'767'384'010 * kSecond;
  alert.starts_at = alert.window_end - 10 * kSecond;
  alert.ends_at = alert.starts_at + 310 * kSecond;
  return alert;
}

std::string Row(const Alert& alert, bool color = false) {
  std::string text;
  AppendAlertRow(alert, color, &text);
  return text;
}

}  // namespace

TEST_CASE("rows for people") {
  CHECK(Row(SomeAlert()) ==
        "  firing    2026-01-02 20:00:10  error_rate_by_url        /cart                     42 % of 1,310   threshold "
        "7.3 %  (t.toml 4f1c0a2b)\n");
  Alert resolved = SomeAlert();
  resolved.status = AlertStatus::kResolved;
  resolved.samples = 0;
  CHECK(Row(resolved) ==
        "  resolved  2026-01-02 20:00:10  error_rate_by_url        /cart                     no data         after "
        "5m10s\n");
  Alert rate = SomeAlert();
  rate.metric = FindMetric("request_rate");
  rate.key = "";
  rate.value = 312;
  rate.threshold = 100;
  CHECK(Row(rate) ==
        "  firing    2026-01-02 20:00:10  request_rate                                       312/s           threshold "
        "100/s  (t.toml 4f1c0a2b)\n");
}

TEST_CASE("long texts keep their distance") {
  Alert alert = SomeAlert();
  alert.key = std::string(100, 'k');
  CHECK(Row(alert).find(std::string(100, 'k') + "  42 %") != std::string::npos);
}

TEST_CASE("colour is only about the status") {
  CHECK(Row(SomeAlert()).find('\x1b') == std::string::npos);
  const std::string row = Row(SomeAlert(), true);
  CHECK(row.find("  \x1b[1;31mfiring    \x1b[0m2026") == 0);
  CHECK(row.find('\x1b', row.find("\x1b[0m") + 1) == std::string::npos);
}

}  // namespace socklog::testing
