#include "base/text.h"

#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <set>
#include <string>

#include "base/hash.h"
#include "support/catch.h"

namespace socklog::testing {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::string Printable(std::string_view bytes) {
  std::string text;
  AppendPrintable(bytes, &text);
  return text;
}

std::string TerminalSafe(std::string_view bytes) {
  std::string text = "kept ";
  AppendTerminalSafe(bytes, &text);
  return text.substr(5);
}

}  // namespace

TEST_CASE("shares") {
  struct Case {
    std::string text;
    bool bare_percent;
    double share;  // -1: none
  };
  const auto test = GENERATE(values<Case>({{"20%", false, 0.2},
                                           {"0.2", false, 0.2},
                                           {"0", false, 0},
                                           {"1", false, 1},
                                           {"100%", false, 1},
                                           {"0.5%", false, 0.005},
                                           {"20", true, 0.2},
                                           {"0.2", true, 0.002},
                                           {"20%", true, 0.2},
                                           {"20", false, -1},
                                           {"101%", false, -1},
                                           {"-1%", false, -1},
                                           {"", false, -1},
                                           {"%", false, -1},
                                           {"20 %", false, -1},
                                           {"0.2x", false, -1},
                                           {"nan", false, -1},
                                           {"inf", true, -1},
                                           {"0,2", false, -1}}));
  CAPTURE(test.text, test.bare_percent);
  const Result<double> share = ParseRatio(test.text, test.bare_percent);
  REQUIRE(share.ok() == (test.share >= 0));
  if (share.ok()) CHECK(share.value() == Approx(test.share));
  if (!share.ok()) CHECK(share.status().message().find("'" + test.text + "'") == 0);
}

TEST_CASE("numbers without sign") {
  CHECK(ParseUnsigned("0") == 0u);
  CHECK(ParseUnsigned("18446744073709551615") == std::numeric_limits<std::uint64_t>::max());
  for (const std::string text :
       {"", "-1", "+1", " 1", "1 ", "1.0", "1e3", "0x10", "1_000", "1,000", "18446744073709551616"}) {
    CAPTURE(text);
    CHECK_FALSE(ParseUnsigned(text));
  }
}

TEST_CASE("decimal numbers") {
  CHECK(ParseDouble("-1.5e3") == -1500.0);
  CHECK(ParseDouble(".5") == 0.5);
  for (const std::string text : {"", "nan", "inf", "-inf", "1e999", "0x1p3", "1,5", " 1", "1 ", "+1", "1..2"}) {
    CAPTURE(text);
    CHECK_FALSE(ParseDouble(text));
  }
}

TEST_CASE("sizes in bytes") {
  struct Case {
    std::string text;
    std::int64_t bytes;  // -1: none
  };
  const auto test = GENERATE(values<Case>({{"0", 0},
                                           {"1048576", 1 << 20},
                                           {"64B", 64},
                                           {"1kB", 1000},
                                           {"1KB", 1000},
                                           {"1KiB", 1024},
                                           {"512MB", 512'000'000},
                                           {"1GiB", 1 << 30},
                                           {"1.5GiB", 3 << 29},
                                           {"2TiB", std::int64_t{2} << 40},
                                           {"", -1},
                                           {"GiB", -1},
                                           {"1 GiB", -1},
                                           {"-1GiB", -1},
                                           {"1gib", -1},
                                           {"1.2.3GiB", -1},
                                           {"99999999999TiB", -1}}));
  CAPTURE(test.text);
  const Result<std::uint64_t> bytes = ParseBytes(test.text);
  REQUIRE(bytes.ok() == (test.bytes >= 0));
  if (bytes.ok()) CHECK(bytes.value() == static_cast<std::uint64_t>(test.bytes));
}

TEST_CASE("the shortest text of a double reads back the same") {
  CHECK(FormatDouble(0.1) == "0.1");
  CHECK(FormatDouble(42) == "42");
  CHECK(FormatDouble(-0.0) == "-0");
  CHECK(FormatDouble(1e300) == "1e+300");
  SplitMix64 random(1);
  for (int i = 0; i < 10'000; ++i) {
    const double value = std::ldexp(random.NextDouble() - 0.5, static_cast<int>(random.Below(600)) - 300);
    REQUIRE(ParseDouble(FormatDouble(value)) == value);
  }
}

TEST_CASE("nine significant digits") {
  struct Case {
    double value, rounded;
  };
  const auto test = GENERATE(values<Case>({{0, 0},
                                           {1, 1},
                                           {1.0 / 3, 0.333333333},
                                           {2.0 / 3, 0.666666667},
                                           {0.1234567894, 0.123456789},
                                           {0.1234567896, 0.12345679},
                                           {-0.1234567896, -0.12345679},
                                           {123456789.4, 123456789},
                                           {1234567894, 1234567890},
                                           {0.99999999999, 1},
                                           {1e-300 / 3, 3.33333333e-301},
                                           {1.5e300, 1.5e300},
                                           {5e-324, 5e-324}}));
  CAPTURE(test.value);
  CHECK(Round9(test.value) == test.rounded);
  CHECK(Round9(Round9(test.value)) == Round9(test.value));
}

TEST_CASE("rounding forgives the last bits, keeps the order, and leaves what is not finite") {
  SplitMix64 random(2);
  for (int i = 0; i < 10'000; ++i) {
    const double value = random.NextDouble();
    const double beside = std::nextafter(std::nextafter(value, 1), 1);
    REQUIRE(Round9(value) <= Round9(beside));
    REQUIRE(std::fabs(Round9(value) - value) <= 0.5000001e-9 * std::max(value * 10, 1e-300));
  }
  CHECK(Round9(0.1 + 0.2) == 0.3);
  CHECK(Round9(kInfinity) == kInfinity);
  CHECK(std::isnan(Round9(std::numeric_limits<double>::quiet_NaN())));
}

TEST_CASE("rounding is that of nine digits as text") {
  const auto as_text = [](double value) {
    std::array<char, 40> buffer;
    std::snprintf(buffer.data(), buffer.size(), "%.8e", value);
    return std::strtod(buffer.data(), nullptr);
  };
  const auto check = [&](double value) {
    if (Round9(value) != as_text(value)) FAIL(FormatDouble(value));
  };
  SplitMix64 random(3);
  for (int i = 0; i < 200'000; ++i) {
    const double value = random.NextDouble() * std::pow(10.0, static_cast<double>(random.Below(40)) - 20);
    check(value);
    check(std::nextafter(Round9(value), random.NextDouble() < 0.5 ? 0 : kInfinity));
    check(Round9(value) * (1 + 0.5e-9));  // about half way
    check(std::trunc(value * 1e9) + 0.5);
    check(static_cast<double>(random.Below(1000)) / static_cast<double>(1 + random.Below(1000)));
  }
  for (double power = 1e-20; power < 1e20; power *= 10) {
    for (double value : {power, std::nextafter(power, 0), std::nextafter(power, kInfinity), power * 0.9999999995}) {
      check(value);
    }
  }
}

TEST_CASE("thousands") {
  CHECK(FormatThousands(0) == "0");
  CHECK(FormatThousands(999) == "999");
  CHECK(FormatThousands(1000) == "1,000");
  CHECK(FormatThousands(1'204'331) == "1,204,331");
  CHECK(FormatThousands(std::numeric_limits<std::uint64_t>::max()) == "18,446,744,073,709,551,615");
}

TEST_CASE("one of a thing, or several") {
  CHECK(FormatCount(0, "line") == "0 lines");
  CHECK(FormatCount(1, "line") == "1 line");
  CHECK(FormatCount(1'204'331, "line") == "1,204,331 lines");
}

TEST_CASE("did you mean") {
  const std::vector<std::string_view> words = {"error_rate", "error_rate_by_url", "request_rate", "window", "slide"};
  CHECK(NearestWord("error_rat", words) == "error_rate");
  CHECK(NearestWord("erorr_rate", words) == "error_rate");
  CHECK(NearestWord("windows", words) == "window");
  CHECK(NearestWord("sild", words) == "");
  CHECK(NearestWord("slid", words) == "slide");
  CHECK(NearestWord("xyzzy", words) == "");
  CHECK(NearestWord("", words) == "");
  CHECK(NearestWord("window", words) == "window");
  CHECK(NearestWord("a", {}) == "");
  CHECK(NearestWord(std::string(100'000, 'w'), words) == "");
  CHECK(DidYouMean("windwo", words) == " (did you mean 'window'?)");
  CHECK(DidYouMean("xyzzy", words) == "");
}

TEST_CASE("length of a UTF-8 sequence") {
  struct Case {
    std::string bytes;
    std::size_t length;
  };
  const auto test = GENERATE(values<Case>({{"a", 1},
                                           {std::string(1, '\0'), 1},
                                           {"\x7f", 1},
                                           {"\xc2\xa0", 2},
                                           {"\xdf\xbf", 2},
                                           {"\xe0\xa0\x80", 3},
                                           {"\xed\x9f\xbf", 3},
                                           {"\xee\x80\x80", 3},
                                           {"\xef\xbf\xbf", 3},
                                           {"\xf0\x90\x80\x80", 4},
                                           {"\xf4\x8f\xbf\xbf", 4},
                                           {"\xc3\xa9 and more", 2},
                                           {"\xc2\x80", 0},  // a control character
                                           {"\xc2\x9f", 0},
                                           {"\x80", 0},
                                           {"\xbf\xbf", 0},
                                           {"\xc0\x80", 0},  // overlong
                                           {"\xc1\xbf", 0},
                                           {"\xe0\x9f\xbf", 0},
                                           {"\xf0\x8f\xbf\xbf", 0},
                                           {"\xed\xa0\x80", 0},  // a surrogate
                                           {"\xed\xbf\xbf", 0},
                                           {"\xf4\x90\x80\x80", 0},  // beyond U+10FFFF
                                           {"\xf5\x80\x80\x80", 0},
                                           {"\xff", 0},
                                           {"\xc3", 0},  // cut off
                                           {"\xe2\x82", 0},
                                           {"\xf0\x9f\x98", 0},
                                           {"\xc3\x28", 0},
                                           {"\xe2\x28\xa1", 0},
                                           {"\xf0\x9f\x28\x80", 0}}));
  CAPTURE(test.bytes);
  CHECK(Utf8Length(test.bytes) == test.length);
}

TEST_CASE("printable and terminal-safe text") {
  CHECK(Printable("a\\b\n\x1b\x7f\xff\xc3\xa9") == "a\\\\b\\x0A\\x1B\\x7F\\xFF\xc3\xa9");
  CHECK(TerminalSafe("a\\b\n\x1b\x7f\xff\xc3\xa9") == "a\\b\\x0A\\x1B\\x7F\\xFF\xc3\xa9");
  CHECK(TerminalSafe(Printable("\\\n")) == Printable("\\\n"));
  CHECK(Printable("") == "");
}

TEST_CASE("printable text tells all byte strings apart") {
  std::set<std::string> seen;
  for (int a = 0; a < 256; ++a) {
    seen.insert(Printable(std::string(1, static_cast<char>(a))));
    for (int b = 0; b < 256; ++b) seen.insert(Printable(std::string{static_cast<char>(a), static_cast<char>(b)}));
  }
  CHECK(seen.size() == 256 + 256 * 256);
}

}  // namespace socklog::testing
