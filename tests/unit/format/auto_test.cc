// Detection where not every format has what was asked for.
#include "parse_helper.h"

namespace socklog {
namespace {

const std::string kCombined = R"(192.0.2.1 - ann [01/Jan/2026:00:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "agent")";
const std::string kCaddy =
    R"({"ts":1767225600.5,"request":{"remote_ip":"192.0.2.1","method":"GET","host":"shop.example","uri":"/",)"
    R"("headers":{"X-User":["ann"]}},"duration":0.1,"size":5,"status":200})";

FormatRequest AskFor(std::uint32_t field) {
  FormatRequest request = MakeRequest("auto", kAllButHeaders | field);
  request.user_header = request.client_header = "X-User";
  return request;
}

TEST_CASE("a well-formed line without what was asked for is not called unknown") {
  CHECK(Parsed(AskFor(kFieldUserHeader)).Reason(kCombined) ==
        "the line's format does not log the header that --user-key names");
  CHECK(Parsed(AskFor(kFieldClientHeader)).Reason(kCombined) ==
        "the line's format does not log the header that --client-key names");
  CHECK(Parsed(AskFor(kFieldDuration)).Reason(kCombined) ==
        "the line's format does not log how long a request took, which --event-time end needs");
  CHECK(Parsed(AskFor(kFieldDuration)).Reason("nonsense").find("fits no named format") != std::string::npos);
}

TEST_CASE("a later line that has it decides") {
  Parsed parsed(AskFor(kFieldUserHeader));
  const LogBatch& batch = parsed.Lines({kCombined, kCaddy, kCombined});
  REQUIRE(batch.entries.size() == 1);
  CHECK(batch.entries[0].user_header == "ann");
  CHECK(parsed.parser().chosen() == "caddy");
}

}  // namespace
}  // namespace socklog
