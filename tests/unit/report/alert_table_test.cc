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
  alert.score = 0.38912;
  alert.threshold = 0.073;
  alert.threshold_source = "t.toml 4f1c0a2b";
  alert.samples = 1310;
  alert.window_end = 1'767'384'010 * kSecond;
  alert.starts_at = alert.window_end - 10 * kSecond;
  alert.ends_at = alert.starts_at + 310 * kSecond;
  return alert;
}

std::string Row(const Alert& alert, bool color = false, std::size_t columns = 0) {
  std::string text;
  AppendAlertRow(alert, color, columns, &text);
  return text;
}

}  // namespace

TEST_CASE("rows for people") {
  CHECK(Row(SomeAlert()) ==
        "  firing    2026-01-02 20:00:10 UTC  error_rate_by_url        /cart                     42 % of 1,310   "
        "since 20:00:00  score 38.9 % > 7.3 %  (t.toml 4f1c0a2b)\n");
  Alert resolved = SomeAlert();
  resolved.status = AlertStatus::kResolved;
  resolved.samples = 0;
  resolved.starts_at -= kDay;
  resolved.ends_at -= kDay;
  CHECK(Row(resolved) ==
        "  resolved  2026-01-02 20:00:10 UTC  error_rate_by_url        /cart                     no data         "
        "since 2026-01-01 20:00:00  after 5m10s\n");
  Alert rate = SomeAlert();
  rate.metric = FindMetric("request_rate");
  rate.key = "";
  rate.value = rate.score = 312;
  rate.threshold = 100;
  CHECK(Row(rate) ==
        "  firing    2026-01-02 20:00:10 UTC  request_rate                                       312/s           "
        "since 20:00:00  threshold 100/s  (t.toml 4f1c0a2b)\n");
}

TEST_CASE("a score and its threshold never look the same") {
  Alert alert = SomeAlert();
  alert.score = 0.0650049;
  alert.threshold = 0.065;
  CHECK(Row(alert).find("score 6.5005 % > 6.5 % ") != std::string::npos);
}

TEST_CASE("a long key is cut where the terminal is too narrow for it, between characters") {
  Alert alert = SomeAlert();
  alert.key = "/" + std::string(100, 'k');
  CHECK(Row(alert).find(alert.key + "  42 %") != std::string::npos);
  CHECK(Row(alert, false, 300).find(alert.key + "  42 %") != std::string::npos);
  CHECK(Row(alert, false, 80).find("  /" + std::string(22, 'k') + "…  42 %") != std::string::npos);
  const std::string row = Row(alert, false, 180);
  CHECK(row.size() == 180 + std::string("…\n").size() - 1);
  CHECK(row.find("k…  42 %") != std::string::npos);
  alert.key.clear();
  for (int i = 0; i < 30; ++i) alert.key += "é";
  CHECK(Row(alert, false, 80).find("éé…  42 %") != std::string::npos);
}

TEST_CASE("colour is only about the status") {
  CHECK(Row(SomeAlert()).find('\x1b') == std::string::npos);
  const std::string row = Row(SomeAlert(), true);
  CHECK(row.find("  \x1b[1;31mfiring    \x1b[0m2026") == 0);
  CHECK(row.find('\x1b', row.find("\x1b[0m") + 1) == std::string::npos);
}

}  // namespace socklog::testing
