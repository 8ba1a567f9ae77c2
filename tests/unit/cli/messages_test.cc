#include "cli/messages.h"

#include "support/catch.h"

namespace socklog {
namespace {

std::string Repeat(std::string_view text, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += text;
  return out;
}

TEST_CASE("long values in a message are cut where a character ends") {
  struct Case {
    std::string message, shown;
  };
  const auto test = GENERATE(values<Case>({
      {"", ""},
      {"'10' is not a size", "'10' is not a size"},
      {"it isn't", "it isn't"},
      {"'" + Repeat("x", 200) + "' is long", "'" + Repeat("x", 200) + "' is long"},
      {"'" + Repeat("x", 201) + "' is long", "'" + Repeat("x", 200) + "…' is long"},
      {"'x" + Repeat("é", 200) + "'", "'x" + Repeat("é", 99) + "…'"},
      {"'" + Repeat("it's ", 100) + "' is long", "'" + Repeat("it's ", 40) + "…' is long"},
      {"the file's 'a' or '" + Repeat("b", 300) + "'?", "the file's 'a' or '" + Repeat("b", 200) + "…'?"},
      {"'" + Repeat("x", 300), "'" + Repeat("x", 300)},
      {Repeat("x", 3000) + " end", Repeat("x", 1000) + "…" + Repeat("x", 996) + " end"},
      {Repeat("' ", 2000), Repeat("' ", 500) + "…" + Repeat("' ", 500)},
  }));
  CHECK(ShortMessage(test.message) == test.shown);
}

TEST_CASE("a message cut in two is valid UTF-8 on both sides") {
  const std::string shown = ShortMessage("x" + Repeat("é", 2000));
  CHECK(shown == "x" + Repeat("é", 499) + "…" + Repeat("é", 500));
}

}  // namespace
}  // namespace socklog
