#include "report/thresholds_html.h"

#include <limits>

#include "support/catch.h"

namespace socklog::testing {
namespace {

ThresholdSet SomeSet() {
  ThresholdSet set;
  set.budget = 0.01;
  set.holdout_alert_rate = 0.012;
  set.holdout_ci_low = 0.004;
  set.holdout_ci_high = 0.021;
  set.holdout_windows = 2592;
  set.made_from = "2026-01-01T00:00:00Z .. 2026-01-02T00:00:00Z";
  set.entries = {{"error_rate", 0.0625, 20, true, 6048},
                 {"request_rate", 12.5, 1, true, 6048},
                 {"error_rate_by_user", 0.5, 20, false, 17}};
  return set;
}

bool Has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("a page says what was found") {
  const std::string page = ThresholdsHtml(SomeSet());
  CHECK(page.rfind("<!DOCTYPE html>\n", 0) == 0);
  CHECK(Has(page,
            "Made from 2026-01-01T00:00:00Z .. 2026-01-02T00:00:00Z, windows of 10s, for alerts in 1.00 % of the "
            "judged windows."));
  CHECK(Has(page, "On 2,592 later windows"));
  CHECK(Has(page, "the share was 1.20 % (95 % interval 0.40 % to 2.10 %)"));
  CHECK(Has(page,
            "<td>error_rate</td><td>0.0625</td><td>20 % of 20, 12 % of 100, 8.1 % of "
            "1,000</td><td>20</td><td>6,048</td><td>history</td>"));
  CHECK(Has(page, "<td>request_rate</td><td>12.5</td><td>12.5/s</td>"));
  CHECK(Has(page, "<td>17</td><td>default</td>"));
}

TEST_CASE("nothing held out") {
  ThresholdSet set = SomeSet();
  set.holdout_alert_rate = set.holdout_ci_low = set.holdout_ci_high = std::numeric_limits<double>::quiet_NaN();
  set.holdout_windows = 0;
  CHECK(Has(ThresholdsHtml(set), "not measured"));
  CHECK_FALSE(Has(ThresholdsHtml(set), "nan"));
}

TEST_CASE("text is escaped, whoever wrote it") {
  ThresholdSet set = SomeSet();
  set.made_from = "<script>alert(\"1\")</script> & more";
  set.entries.push_back({"<b>", 1, 1, true, 1});
  const std::string page = ThresholdsHtml(set);
  CHECK_FALSE(Has(page, "<script>"));
  CHECK_FALSE(Has(page, "<b>"));
  CHECK(Has(page, "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; more"));
  CHECK_FALSE(Has(page, "http"));  // no outside resources
}

}  // namespace socklog::testing
