#include "alert/alert_sentence.h"

#include <limits>

#include "metrics/registry.h"
#include "support/catch.h"

namespace socklog::testing {
namespace {

constexpr Micros kTen = 10 * kHour;

Alert SomeAlert(const char* metric) {
  Alert alert;
  alert.metric = FindMetric(metric);
  alert.samples = 310;
  alert.window_start = kTen;
  alert.window_end = kTen + 10 * kSecond;
  alert.starts_at = kTen;
  alert.ends_at = kTen + 310 * kSecond;
  return alert;
}

}  // namespace

TEST_CASE("an alert as a sentence") {
  Alert url = SomeAlert("error_rate_by_url");
  url.key = "/cart";
  url.value = 0.42;
  url.threshold = 0.07;
  CHECK(AlertSentence(url) == "/cart: 42 % of 310 requests failed between 10:00:00 and 10:00:10 UTC, threshold 7 %");
  url.status = AlertStatus::kResolved;
  url.value = 0.01;
  CHECK(AlertSentence(url) ==
        "/cart: resolved after 5m10s: 1 % of 310 requests failed between 10:00:00 and 10:00:10 UTC");
  url.samples = 0;
  CHECK(AlertSentence(url) == "/cart: resolved after 5m10s: no or too few requests between 10:00:00 and 10:00:10 UTC");

  Alert rate = SomeAlert("request_rate");
  rate.value = 312.5;
  rate.threshold = 100;
  CHECK(AlertSentence(rate) == "312 requests per second between 10:00:00 and 10:00:10 UTC, threshold 100/s");

  Alert count = SomeAlert("auth_failures_by_client");
  count.key = "192.0.2.1";
  count.value = 57;
  count.threshold = 20;
  CHECK(AlertSentence(count) ==
        "192.0.2.1: 57 requests refused (401, 403) between 10:00:00 and 10:00:10 UTC, threshold 20");
}

TEST_CASE("one request is one request") {
  Alert url = SomeAlert("error_rate");
  url.value = 1;
  url.samples = 1;
  url.threshold = 0.2;
  CHECK(AlertSentence(url) == "100 % of 1 request failed between 10:00:00 and 10:00:10 UTC, threshold 20 %");
  Alert rate = SomeAlert("request_rate");
  rate.value = 1;
  rate.threshold = 0.5;
  CHECK(AlertSentence(rate) == "1 request per second between 10:00:00 and 10:00:10 UTC, threshold 0.5/s");
  rate.value = 0.9;
  CHECK(AlertSentence(rate).find("0.9 requests per second") == 0);
  Alert count = SomeAlert("not_found_by_client");
  count.value = 1;
  CHECK(AlertSentence(count).find("1 request for what is not there (404, 410) between") == 0);
}

TEST_CASE("long windows are told with their dates") {
  Alert alert = SomeAlert("error_rate");
  alert.value = 0.5;
  alert.threshold = 0.2;
  alert.window_start = 0;
  alert.window_end = kDay;
  CHECK(AlertSentence(alert) ==
        "50 % of 310 requests failed between 1970-01-01 00:00:00 and 1970-01-02 00:00:00 UTC, threshold 20 %");
}

TEST_CASE("values for people") {
  struct Case {
    std::string metric;
    double value;
    std::string text;
  };
  const auto test = GENERATE(values<Case>({{"error_rate", 0, "0 %"},
                                           {"error_rate", 1, "100 %"},
                                           {"error_rate", 0.42, "42 %"},
                                           {"error_rate", 0.073, "7.3 %"},
                                           {"error_rate", 0.0734567, "7.3 %"},
                                           {"error_rate", 0.07, "7 %"},
                                           {"error_rate", 0.0042, "0.42 %"},
                                           {"error_rate", 0.00042, "0.042 %"},
                                           {"error_rate", 0.333333333, "33.3 %"},
                                           {"error_rate", 0.9999, "100 %"},
                                           {"request_rate", 1204, "1204/s"},
                                           {"request_rate", 0.1, "0.1/s"},
                                           {"not_found_by_client", 57, "57"},
                                           {"error_rate", std::numeric_limits<double>::quiet_NaN(), "no data"}}));
  CAPTURE(test.metric, test.value);
  CHECK(FormatValue(*FindMetric(test.metric), test.value) == test.text);
}

}  // namespace socklog::testing
