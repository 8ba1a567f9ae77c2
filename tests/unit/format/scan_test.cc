// The scanner reads what the expressions that define a format read, on every instruction set that is here.
#include <chrono>
#include <cstdlib>

#include "format/format_spec.h"
#include "format/scan/plan.h"
#include "fuzz/format/json_mutator.h"
#include "fuzz/format/line_mutator.h"
#include "fuzz/format/scan_check.h"
#include "support/catch.h"

namespace socklog {
namespace {

std::unique_ptr<LogWriter> WriterOf(const ScannedFormat& scanned) {
  FormatOptions options;
  options.log_format = scanned.format;
  options.tz = scanned.tz;
  auto writer = MakeLogWriter(options);
  REQUIRE(writer.ok());
  return std::move(writer).value();
}

std::string DamagedLines(LogWriter* writer, LineMutator* mutator, int count, int damage) {
  std::string text;
  for (int i = 0; i < count; ++i) text += mutator->Damage(mutator->Line(writer), damage) + "\n";
  return text;
}

// What ScanCheck::Compare gave.
void CheckSame(const std::string& difference) {
  INFO(difference);
  CHECK(difference.empty());
}

void CompareDamaged(const ScanCheck& check, std::uint32_t seed) {
  for (std::size_t i = 0; i < check.size(); ++i) {
    LineMutator mutator(seed * 1000 + static_cast<std::uint32_t>(i));
    const std::unique_ptr<LogWriter> writer = WriterOf(check.format(i));
    const bool json = ScanCheck::IsJson(check.format(i)) && seed % 2 == 0;
    const std::string text = json ? JsonMutator(seed * 1000 + static_cast<std::uint32_t>(i)).Log(writer.get(), 300)
                                  : DamagedLines(writer.get(), &mutator, 300, 4);
    const std::string difference = check.Compare(i, text);
    INFO("seed " << seed << ", format " << i << ": " << difference);
    REQUIRE(difference.empty());
  }
}

TEST_CASE("scanner and expressions read damaged lines alike", "[format][scan]") {
  const ScanCheck check;
  for (std::uint32_t seed = 1; seed <= 8; ++seed) CompareDamaged(check, seed);
}

// For a long search: SOCKLOG_SOAK_SECONDS=3600 unit_format [soak]; SOCKLOG_SOAK_SEED is where it starts, so that
// several can search side by side.
TEST_CASE("scanner and expressions read damaged lines alike for long", "[.][soak]") {
  const auto number = [](const char* variable, int otherwise) {
    const char* const value = std::getenv(variable);
    return value == nullptr ? otherwise : std::atoi(value);
  };
  const ScanCheck check;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(number("SOCKLOG_SOAK_SECONDS", 60));
  const auto first = static_cast<std::uint32_t>(number("SOCKLOG_SOAK_SEED", 1000));
  std::uint32_t seed = first;
  while (std::chrono::steady_clock::now() < end) CompareDamaged(check, seed++);
  WARN(seed - first << " rounds");
}

TEST_CASE("the scanner takes what a server writes", "[format][scan]") {
  const ScanCheck check;
  for (std::size_t i = 0; i < check.size(); ++i) {
    LineMutator mutator(7);
    const std::unique_ptr<LogWriter> writer = WriterOf(check.format(i));
    INFO(check.format(i).format);
    const std::string text = DamagedLines(writer.get(), &mutator, 1000, 0);
    CheckSame(check.Compare(i, text));
    const ScanCheck::SlowLines slow = check.CountSlow(i, text);
    CHECK(slow.scanner == slow.expressions);
    CHECK(slow.scanner < 500);  // targets with blanks, in formats that do not quote them
    if (ScanCheck::IsJson(check.format(i))) CHECK(check.CountScanned(i, text) > 990);
  }
}

// The last line of a block, where the list of quotes ends with it.
TEST_CASE("lines with fewer quotes than a format has", "[format][scan]") {
  const ScanCheck check;
  const std::string start = R"(192.0.2.1 - ann [17/May/2015:10:05:03 +0000] "GET /a HTTP/1.1" 200 5)";
  for (const char* rest : {"",
                           " x",
                           " \"",
                           " \"-",
                           " \"-\"",
                           " \"-\" ",
                           " \"-\" \"",
                           " \"-\" \"a",
                           " \"-\" \"a\"",
                           " \"-\" \"a\" x",
                           " \"-\"  \"a\"",
                           " \"-\"x\"a\"",
                           " \"-\" \"a\"x",
                           " \"-\" \"a\" \"b\"",
                           " \"-\" \"a\" ",
                           " \"-\" \"a\"\r",
                           "\r",
                           " \r",
                           " \"-\" \"a\" \"b\" \"c\"\r",
                           " \"-\" \"a\"\t\r",
                           " \"-\" \"a\\\"",
                           " \"-\" \"a\\\"b\"",
                           " \"-\" \"a\" \\"}) {
    // Alone, where the list of marks ends with it, and before a line whose quotes could be taken for its own.
    for (const std::string& text : {start + rest + "\n", start + rest + "\n" + start + " \"-\" \"a\"\n"}) {
      INFO(text);
      for (std::size_t i = 0; i < check.size(); ++i) CheckSame(check.Compare(i, text));
    }
  }
}

TEST_CASE("lines with more quotes than can be wanted", "[format][scan]") {
  const ScanCheck check;
  const std::string start = R"(192.0.2.1 - ann [17/May/2015:10:05:03 +0000] "GET /a HTTP/1.1" 200 5)";
  for (const int more : {1, 3, 124, 125, 126, 127, 128, 129, 300}) {
    std::string text = start;
    for (int i = 0; i < more; ++i) text += " \"-\"";
    text += "\n" + start + " \"-\" \"a\"\n";
    INFO(more);
    for (std::size_t i = 0; i < check.size(); ++i) CheckSame(check.Compare(i, text));
  }
}

// Combined logs of servers that end lines with a carriage return, or say more than the format.
TEST_CASE("the scanner takes usual lines with something behind them", "[format][scan]") {
  const ScanCheck check;
  const std::string line = R"(192.0.2.1 - ann [17/May/2015:10:05:03 +0000] "GET /a HTTP/1.1" 200 5 "-" "curl/8")";
  std::string text;
  for (const char* rest : {"", "\r", " ", " \r", " 17", " \"192.0.2.9\"", " \"192.0.2.9\" 0.001 \"-\"\r"})
    text += line + rest + "\n";
  REQUIRE(std::string_view(check.format(0).format) == "combined");
  CheckSame(check.Compare(0, text));
  CHECK(check.CountSlow(0, text).scanner == 0);
}

// JSON that is whole only over several lines, or shares its line: simdjson alone would not mind.
TEST_CASE("damaged JSON lines do not damage their neighbours", "[format][scan]") {
  const ScanCheck check;
  const std::string good = R"({"ts":1,"s":200,"m":"GET","p":"/","u":{"name":"ann"}})"
                           "\n";
  const std::string damaged[] = {
      "{\"ts\":1,\"s\":200,\"x\":\n{\"a\":1}\n}\n",
      "{\"ts\":1,\"s\":200,\"x\":[\n]}\n",
      "{\"ts\":1,\"s\":200\n,\"m\":\"GET\"}\n",
      "{\"ts\":1,\"s\":200}{\"ts\":2,\"s\":200}\n",
      "{\"ts\":1,\"s\":200} {\n\"ts\":2,\"s\":200}\n",
      "{\"ts\":1,\"s\":200},\n",
      "{\"ts\":1,\"s\":200}\"x\"}\n",
      "{\"ts\":1,\"s\":200}{\"x\":\n",
      "{\"ts\":1,\"s\":200}}\n",
      "{\"ts\":1,\"s\":200\n",
      "{\"ts\":1,\"s\":200]\n",
      "{\"ts\":1,\"s\":200,\"u\":{\"name\":\"b\"}\n",
      "[" + good,
      "\n",
      " \t" + good,
      "\xEF\xBB\xBF" + good,
      "{\"ts\":1,\"s\":200,\"x\":\"a\n",
      "{\"ts\":1,\"s\":200,\"x\":\"a\x01\xff\"}\n",
      "{\"ts\":1,\"s\":200,\"x\":nul}\n",
      "{\"ts\":1,\"s\":200,\"m\":\"G\\u0045T\",\"p\":\"/\",\"p\":\"/2\"}\r\n",
      "{\"ts\":1,\"s\":200}\v\n",
      "{\"ts\":1,\"s\":200} // x\n",
      "x\n",
  };
  for (std::size_t i = 0; i < check.size(); ++i) {
    if (std::string_view(check.format(i).format).substr(0, 5) != "json:") continue;
    for (const std::string& one : damaged) {
      for (const std::string& text : {good + good + one + good + good, one + good, good + one}) {
        INFO(text);
        CheckSame(check.Compare(i, text));
      }
      for (const std::string& other : damaged) {
        INFO(one << other);
        CheckSame(check.Compare(i, good + one + other + good));
      }
    }
  }
}

bool HasPlan(std::string_view format) {
  FormatRequest request;
  request.fields = kScannedFields;
  Result<FormatSpec> spec = ParseFormatSpec(format);
  REQUIRE(spec.ok());
  const Template& directives = std::get<Template>(spec->kind);
  const Result<Bindings> bindings = BindFields(directives, request);
  REQUIRE(bindings.ok());
  return MakeScanPlan(directives, bindings.value(), request.fields).has_value();
}

TEST_CASE("which formats the scanner reads", "[format][scan]") {
  for (const ScannedFormat& scanned : kScannedFormats) {
    const std::string_view format = scanned.format;
    if (ScanCheck::IsJson(scanned) || format.find_first_of("%$") == std::string_view::npos) continue;  // or a name
    INFO(format);
    CHECK(HasPlan(format) == (format.find("%p}t") == std::string_view::npos));  // an AM or PM
  }
  CHECK_FALSE(HasPlan("%h%u %t \"%r\" %>s"));  // no literal between two values
  CHECK_FALSE(HasPlan("%t|%r|%>s"));           // a request may hold what follows it
  CHECK_FALSE(HasPlan("%t \"%r\" %>s0"));      // a digit after a number
}

}  // namespace
}  // namespace socklog
