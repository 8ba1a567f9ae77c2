#include <ctime>

#include "base/clock.h"
#include "base/hash.h"
#include "base/text.h"
#include "support/catch.h"

namespace socklog::testing {

TEST_CASE("lengths of time as people write them") {
  struct Case {
    std::string text;
    Micros length;  // -1: none
  };
  const auto test =
      GENERATE(values<Case>({{"0", 0},
                             {"0s", 0},
                             {"10s", 10 * kSecond},
                             {"90s", 90 * kSecond},
                             {"5m", 5 * kMinute},
                             {"1h30m", 90 * kMinute},
                             {"1.5d", 36 * kHour},
                             {"1w", 7 * kDay},
                             {"1w2d3h4m5s6ms7us", 9 * kDay + 3 * kHour + 4 * kMinute + 5 * kSecond + 6007},
                             {"250ms", 250'000},
                             {"1us", 1},
                             {"1\u00b5s", 1},
                             {".5s", 500'000},
                             {"1s1s", 2 * kSecond},
                             {"0.1us", 0},
                             {"", -1},
                             {"10", -1},
                             {"s", -1},
                             {"-10s", -1},
                             {"+10s", -1},
                             {"10 s", -1},
                             {" 10s", -1},
                             {"10S", -1},
                             {"10parsecs", -1},
                             {"10 parsecs", -1},
                             {"1e3s", -1},
                             {"1.2.3s", -1},
                             {"1m2", -1},
                             {"60w1", -1},
                             {"infs", -1},
                             {"99999w", -1},
                             {std::string(500, '9') + "s", -1}}));
  CAPTURE(test.text);
  const Result<Micros> length = ParseDuration(test.text);
  REQUIRE(length.ok() == (test.length >= 0));
  if (length.ok()) CHECK(length.value() == test.length);
  if (!length.ok()) CHECK(length.status().code() == StatusCode::kUsage);
}

TEST_CASE("lengths of time as they are written, and read back") {
  CHECK(FormatDuration(0) == "0s");
  CHECK(FormatDuration(10 * kSecond) == "10s");
  CHECK(FormatDuration(90 * kMinute) == "1h30m");
  CHECK(FormatDuration(kDay) == "1d");
  CHECK(FormatDuration(8 * kDay + 1) == "8d1us");
  CHECK(FormatDuration(1'500'000) == "1s500ms");
  CHECK(FormatDuration(-90 * kSecond) == "-1m30s");
  SplitMix64 random(1);
  for (int i = 0; i < 5000; ++i) {
    const auto length = static_cast<Micros>(random.Below(std::uint64_t{1} << random.Below(50)));
    REQUIRE(ParseDuration(FormatDuration(length)).value() == length);
  }
}

TEST_CASE("points in time") {
  struct Case {
    std::string text;
    Micros time;
  };
  const auto test = GENERATE(values<Case>({{"1970-01-01T00:00:00Z", 0},
                                           {"1970-01-01", 0},
                                           {"1970-01-01T00:00:00", 0},
                                           {"1970-01-01 00:00:00z", 0},
                                           {"1970-01-01t00:00:01.5Z", 1'500'000},
                                           {"1970-01-01T00:00:00,000001Z", 1},
                                           {"1970-01-01T00:00:00.0000019Z", 1},
                                           {"1970-01-01T02:00:00+02:00", 0},
                                           {"1969-12-31T22:30:00-0130", 0},
                                           {"1969-12-31T23:59:59Z", -kSecond},
                                           {"2026-01-01T00:00:00Z", 1'767'225'600 * kSecond},
                                           {"2024-02-29T12:00:00Z", 1'709'208'000 * kSecond},
                                           {"2016-12-31T23:59:60Z", 1'483'228'800 * kSecond},
                                           {"0001-01-01T00:00:00Z", -62'135'596'800 * kSecond},
                                           {"9999-12-31T23:59:59.999999Z", 253'402'300'799'999'999}}));
  CAPTURE(test.text);
  const Result<Micros> time = ParseTime(test.text);
  REQUIRE(time.ok());
  CHECK(time.value() == test.time);
}

TEST_CASE("what is no time") {
  const auto text = GENERATE(values<std::string>({"",
                                                  "now",
                                                  "2026",
                                                  "2026-01",
                                                  "2026-1-1",
                                                  "2026-13-01",
                                                  "2026-00-01",
                                                  "2026-01-32",
                                                  "2026-02-29",
                                                  "1900-02-29",
                                                  "2026-04-31",
                                                  "2026-01-01T",
                                                  "2026-01-01T24:00:00Z",
                                                  "2026-01-01T00:60:00Z",
                                                  "2026-01-01T00:00:61Z",
                                                  "2026-01-01T00:00Z",
                                                  "2026-01-01T00:00:00.Z",
                                                  "2026-01-01T00:00:00+2",
                                                  "2026-01-01T00:00:00+24:00",
                                                  "2026-01-01T00:00:00+00:60",
                                                  "2026-01-01T00:00:00Zx",
                                                  "2026-01-01T00:00:00 Z",
                                                  " 2026-01-01",
                                                  "-2026-01-01",
                                                  "2026/01/01",
                                                  "20260101"}));
  CAPTURE(text);
  CHECK_FALSE(ParseTime(text).ok());
}

TEST_CASE("times as they are written, and read back") {
  CHECK(FormatTime(0) == "1970-01-01T00:00:00Z");
  CHECK(FormatTime(1'500'000) == "1970-01-01T00:00:01.5Z");
  CHECK(FormatTime(-1) == "1969-12-31T23:59:59.999999Z");
  CHECK(FormatTime(-kSecond) == "1969-12-31T23:59:59Z");
  CHECK(FormatTimeForPeople(-1) == "1969-12-31 23:59:59");
  SplitMix64 random(1);
  for (int i = 0; i < 10'000; ++i) {
    const auto time = static_cast<Micros>(random.Below(315'000'000'000'000'000)) - 62'000'000'000'000'000;
    REQUIRE(ParseTime(FormatTime(time)).value() == time);
  }
  CHECK_FALSE(FormatTime(kNoTime).empty());
  CHECK_FALSE(FormatTime(std::numeric_limits<Micros>::max()).empty());
}

TEST_CASE("the calendar is that of the C library") {
  for (std::int64_t day = -800'000; day < 800'000; day += 37) {
    const CivilDate date = CivilFromDays(day);
    REQUIRE(DaysFromCivil(date.year, date.month, date.day) == day);
    const std::time_t seconds = day * 86'400;
    std::tm parts = {};
    gmtime_r(&seconds, &parts);
    REQUIRE(date.year == parts.tm_year + 1900);
    REQUIRE(date.month == parts.tm_mon + 1);
    REQUIRE(date.day == parts.tm_mday);
  }
}

TEST_CASE("days in a month") {
  CHECK(DaysInMonth(2026, 1) == 31);
  CHECK(DaysInMonth(2026, 2) == 28);
  CHECK(DaysInMonth(2024, 2) == 29);
  CHECK(DaysInMonth(2000, 2) == 29);
  CHECK(DaysInMonth(1900, 2) == 28);
  CHECK(DaysInMonth(0, 2) == 29);
  CHECK(DaysInMonth(2026, 4) == 30);
  CHECK(DaysInMonth(2026, 12) == 31);
}

TEST_CASE("the machine's clock") {
  const SystemClock clock;
  const Micros now = clock.Now();
  CHECK(std::abs(now / kSecond - static_cast<Micros>(std::time(nullptr))) <= 2);
  const Micros before = clock.Monotonic();
  CHECK(clock.Monotonic() >= before);
}

}  // namespace socklog::testing
