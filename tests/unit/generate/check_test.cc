#include <limits>
#include <string>

#include "generate/traffic.h"
#include "support/catch.h"

namespace socklog {
namespace {

TEST_CASE("Wrong options are refused with the flag and the reason") {
  struct Case {
    const char* message;
    void (*change)(GenerateOptions*);
  };
  const Case cases[] = {
      {"--rate: must be from", [](GenerateOptions* o) { o->rate = 0; }},
      {"--rate: must be from", [](GenerateOptions* o) { o->rate = -1; }},
      {"--rate: must be from", [](GenerateOptions* o) { o->rate = std::numeric_limits<double>::quiet_NaN(); }},
      {"--duration: must not be negative", [](GenerateOptions* o) { o->duration = -1; }},
      {"--users: must be from 1", [](GenerateOptions* o) { o->users = 0; }},
      {"--clients: must be from 1", [](GenerateOptions* o) { o->clients = 4'000'000'000; }},
      {"--urls: must be from 1", [](GenerateOptions* o) { o->urls = 0; }},
      {"--error-users: must be from 0 % to 100 %, not 150 %", [](GenerateOptions* o) { o->error_users = 1.5; }},
      {"--error-rate: must be", [](GenerateOptions* o) { o->error_rate = -0.1; }},
      {"--error-urls: must be", [](GenerateOptions* o) { o->error_urls = 2; }},
      {"--background-error-rate: must be", [](GenerateOptions* o) { o->background_error_rate = 2; }},
      {"--error-status: 200 is no error",
       [](GenerateOptions* o) {
         o->error_status = {{200, 1}};
       }},
      {"--error-status: the weight of 404",
       [](GenerateOptions* o) {
         o->error_status = {{404, -1}};
       }},
      {"--error-status: at least one",
       [](GenerateOptions* o) {
         o->error_status = {{404, 0}};
       }},
      {"--error-status: at least one", [](GenerateOptions* o) { o->error_status.clear(); }},
      {"(did you mean 'error-burst'?)", [](GenerateOptions* o) { o->incidents.emplace_back().kind = "eror-burst"; }},
      {"incident: rate: must be", [](GenerateOptions* o) { o->incidents.emplace_back().rate = 40; }},
      {"incident: for must be", [](GenerateOptions* o) { o->incidents.emplace_back().length = 0; }},
      {"incident: at must not", [](GenerateOptions* o) { o->incidents.emplace_back().at = -kSecond; }},
      {"(did you mean '/cart'?)", [](GenerateOptions* o) { o->incidents.emplace_back().url = "/carts"; }},
      {"after 9998", [](GenerateOptions* o) { o->duration = kEndOfTime + kSecond; }},
      {"url=/cart is not among the 1 generated URL;",
       [](GenerateOptions* o) {
         o->urls = 1;
         o->incidents.emplace_back().url = "/cart";
       }},
  };
  for (const Case& c : cases) {
    CAPTURE(c.message);
    GenerateOptions options;
    c.change(&options);
    const auto made = MakeTraffic(options, 0, 1);
    REQUIRE_FALSE(made.ok());
    CHECK(made.status().code() == StatusCode::kUsage);
    CAPTURE(made.status().message());
    CHECK(made.status().message().find(c.message) != std::string::npos);
  }
}

TEST_CASE("What a user may have meant otherwise is worth a warning") {
  GenerateOptions options;
  CHECK(TrafficWarnings(options).empty());
  options.error_rate = 0.6;
  options.error_users = 0.3;
  options.error_urls = 0.5;
  CHECK(TrafficWarnings(options).empty());
  options.users = 1;
  REQUIRE(TrafficWarnings(options).size() == 1);
  CHECK(TrafficWarnings(options)[0].find("is nobody") != std::string::npos);
  options = {};
  options.duration = kHour;
  options.incidents.emplace_back().at = 20 * kHour;
  REQUIRE(TrafficWarnings(options).size() == 1);
  CHECK(TrafficWarnings(options)[0] == "incident: at=20h is after the end of the log, which is 1h long");
}

TEST_CASE("The length of the log is known when anything limits it") {
  GenerateOptions options;
  CHECK(TrafficLength(options) == 0);
  options.count = 5;
  CHECK(TrafficLength(options) == 5 * kSecond);
  options.duration = 2 * kSecond;
  CHECK(TrafficLength(options) == 2 * kSecond);
  options.rate = 10;
  CHECK(TrafficLength(options) == kSecond / 2);
}

}  // namespace
}  // namespace socklog
