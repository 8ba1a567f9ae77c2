#include "cli/complete.h"

#include "support/catch.h"

namespace socklog {
namespace {

TEST_CASE("completions know commands, options, metrics, formats and choices") {
  const struct {
    std::vector<std::string> question;
    std::string line;  // one of the answer
  } cases[] = {
      {{"commands"}, "check-config\tfind every mistake"},
      {{"options", "analyze"}, "--window\tlength of a window"},
      {{"options", "generate"}, "--rate\t"},
      {{"metrics"}, "error_rate_by_url\tshare of"},
      {{"formats"}, "combined\n"},
      {{"choices", "analyze", "--output"}, "json\n"},
      {{"choices", "analyze", "output"}, "text\n"},
      {{"choices", "analyze", "--metrics"}, "error_rate\t"},
      {{"choices", "analyze", "--threshold"}, "error_rate=\t"},
      {{"choices", "analyze", "--log-format"}, "combined\n"},
      {{"choices", "analyze", "--alerts-to"}, ":files\n"},
      {{"choices", "thresholds", "-o"}, ":files\n"},
      {{"choices", "analyze", "--state"}, ":directories\n"},
      {{"choices", "analyze", "--follow"}, ":switch\n"},
  };
  for (const auto& c : cases) {
    const std::optional<std::string> answer = CompletionWords(c.question);
    INFO(c.line);
    REQUIRE(answer.has_value());
    CHECK(('\n' + *answer).find('\n' + c.line) != std::string::npos);
  }
  CHECK(CompletionWords({"choices", "analyze", "--window"}) == "");
  CHECK(CompletionWords({"choices", "analyze", "--nonsense"}) == "");
  CHECK(CompletionWords({"choices", "analyze", "--rate"}) == "");
}

TEST_CASE("what is no question has no answer") {
  for (const auto& question : std::vector<std::vector<std::string>>{
           {}, {"nonsense"}, {"options"}, {"options", "nonsense"}, {"choices", "analyze"}, {"metrics", "x"}}) {
    CHECK_FALSE(CompletionWords(question).has_value());
  }
}

}  // namespace
}  // namespace socklog
