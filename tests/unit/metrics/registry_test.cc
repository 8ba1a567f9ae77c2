#include "metrics/registry.h"

#include <set>

#include "socklog/request.h"
#include "support/catch.h"

namespace socklog::testing {

TEST_CASE("every row is complete and makes sense") {
  std::set<std::string_view> names;
  for (const Metric* metric : AllMetrics()) {
    CAPTURE(metric->name);
    CHECK(names.insert(metric->name).second);
    CHECK(metric->name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string_view::npos);
    CHECK_FALSE(metric->help.empty());
    CHECK(metric->help.back() != '.');
    CHECK_FALSE(metric->event.empty());
    CHECK(metric->numerator != nullptr);
    REQUIRE(metric->denominator != nullptr);
    // The Scorer passes over keys with fewer requests than samples are asked for.
    CHECK(metric->denominator(
              {.requests = 7, .errors = 7, .server_errors = 7, .throttled = 7, .auth_failures = 7, .not_found = 7}) <=
          7);
    CHECK(metric->min_samples > 0);
    CHECK((metric->default_threshold > 0 || metric->default_threshold == kNoThreshold));
    switch (metric->kind) {
      case MetricKind::kRatio:
        CHECK(metric->unit == "ratio");
        CHECK(metric->default_threshold < 1);
        CHECK(metric->min_samples > 1);  // a rate over a few requests alarms nobody
        break;
      case MetricKind::kCount:
        CHECK(metric->unit == "requests");
        break;
      case MetricKind::kRate:
        CHECK(metric->unit == "requests/s");
        break;
    }
    // What the name says of its keys, and what the row says.
    const bool keyed = metric->name.find("_by_") != std::string_view::npos;
    CHECK(keyed == (metric->dimension != Dimension::kGlobal));
    if (keyed)
      CHECK(metric->name.substr(metric->name.find("_by_") + 4) ==
            kDimensionNames[static_cast<std::size_t>(metric->dimension)]);
    CHECK(FindMetric(metric->name) == metric);
  }
  CHECK(names.size() == AllMetrics().size());
}

TEST_CASE("metrics by name") {
  for (const char* name :
       {"error_rate", "error_rate_by_url", "error_rate_by_user", "server_error_rate", "request_rate",
        "request_rate_by_client", "throttled_rate", "auth_failures_by_client", "not_found_by_client"}) {
    CAPTURE(name);
    CHECK(FindMetric(name) != nullptr);
  }
  CHECK(FindMetric("") == nullptr);
  CHECK(FindMetric("error_rat") == nullptr);
  CHECK(FindMetric("ERROR_RATE") == nullptr);
  CHECK(MetricNames().size() == AllMetrics().size());
  CHECK(MetricNames().front() == AllMetrics().front()->name);
}

TEST_CASE("numerators and denominators") {
  const Cell cell = {
      .requests = 100, .errors = 2, .server_errors = 3, .throttled = 4, .auth_failures = 5, .not_found = 6};
  struct Case {
    std::string name;
    std::uint64_t k;
    std::uint8_t outcomes;
  };
  const auto test = GENERATE(values<Case>({{"error_rate", 2, kOutcomeError},
                                           {"error_rate_by_url", 2, kOutcomeError},
                                           {"error_rate_by_user", 2, kOutcomeError},
                                           {"server_error_rate", 3, kOutcomeServerError},
                                           {"request_rate", 100, 0},
                                           {"request_rate_by_client", 100, 0},
                                           {"throttled_rate", 4, kOutcomeThrottled},
                                           {"auth_failures_by_client", 5, kOutcomeAuthFailure},
                                           {"not_found_by_client", 6, kOutcomeNotFound}}));
  CAPTURE(test.name);
  CHECK(FindMetric(test.name)->numerator(cell) == test.k);
  CHECK(FindMetric(test.name)->denominator(cell) == 100);
  CHECK(OutcomesOf(*FindMetric(test.name)) == test.outcomes);
}

}  // namespace socklog::testing
