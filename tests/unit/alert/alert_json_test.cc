#include "alert/alert_json.h"

#include <limits>

#include "metrics/registry.h"
#include "support/catch.h"

namespace socklog::testing {

TEST_CASE("an alert as JSON") {
  Alert alert;
  alert.id = "00112233445566778899aabbccddeeff";
  alert.fingerprint = "ffeeddccbbaa99887766554433221100";
  alert.severity = "warning";
  alert.metric = FindMetric("error_rate_by_url");
  alert.key = "/a\"b\\\\x1B<\xc3\xa9>";
  alert.labels = {{"dc", "x\"y"}, {"service", "shop"}};
  alert.value = 0.42;
  alert.score = 0.36;
  alert.threshold = 0.07;
  alert.threshold_source = "t.toml 4f1c0a2b";
  alert.samples = 310;
  alert.count_error = 1;
  alert.reason = "over";
  alert.window_start = -kSecond;
  alert.window_end = 9 * kSecond;
  alert.starts_at = -kSecond;
  alert.ends_at = 9 * kSecond;
  alert.summary = "a sentence";
  std::string text = "before\n";
  AppendAlertJson(alert, &text);
  CHECK(
      text ==
      "before\n"
      R"({"type":"socklog.alert.v1","id":"00112233445566778899aabbccddeeff","fingerprint":"ffeeddccbbaa99887766554433221100",)"
      R"("status":"firing","severity":"warning","metric":"error_rate_by_url","key":"/a\"b\\\\x1B<)"
      "\xc3\xa9"
      R"(>","labels":{"dc":"x\"y","service":"shop"},)"
      R"("value":0.42,"score":0.36,"threshold":0.07,"threshold_source":"t.toml 4f1c0a2b","samples":310,"count_error":1,"reason":"over",)"
      R"("window_start":"1969-12-31T23:59:59Z","window_end":"1970-01-01T00:00:09Z","starts_at":"1969-12-31T23:59:59Z",)"
      R"("ends_at":"1970-01-01T00:00:09Z","summary":"a sentence"})"
      "\n");
}

TEST_CASE("without data the value is null and the samples are 0") {
  Alert alert;
  alert.status = AlertStatus::kResolved;
  alert.metric = FindMetric("error_rate");
  alert.value = alert.score = std::numeric_limits<double>::quiet_NaN();
  std::string text;
  AppendAlertJson(alert, &text);
  CHECK(text.find(R"("status":"resolved")") != std::string::npos);
  CHECK(text.find(R"("key":"","labels":{},"value":null,"score":null,)") != std::string::npos);
  CHECK(text.find(R"("samples":0,)") != std::string::npos);
}

}  // namespace socklog::testing
