// Time stamps of all spellings, zones.
#include "base/text.h"
#include "format/timestamp.h"
#include "support/catch.h"

namespace socklog {
namespace {

TimeSpelling Spelling(TimeForm form, int exponent = 6) {
  TimeSpelling spelling;
  spelling.form = form;
  spelling.exponent = exponent;
  return spelling;
}

// What `text` reads as, in RFC 3339; "" if it is refused.
std::string Read(TimeForm form, std::string_view text, std::string_view zone = "UTC", int exponent = 6) {
  auto made = TimeZone::Make(zone);
  REQUIRE(made.ok());
  TimeReader reader(made.value());
  Micros time = 0;
  if (!reader.Read(Spelling(form, exponent), text, &time)) return "";
  Micros again = 0;  // the date is remembered now
  REQUIRE(reader.Read(Spelling(form, exponent), text, &again));
  REQUIRE(again == time);
  return FormatTime(time);
}

std::string ReadPattern(std::string_view format, std::string_view text, std::string_view zone = "UTC") {
  auto pattern = TimePattern::Make(format);
  REQUIRE(pattern.ok());
  TimeSpelling spelling = Spelling(TimeForm::kPattern);
  spelling.pattern = std::make_shared<TimePattern>(std::move(pattern).value());
  auto made = TimeZone::Make(zone);
  REQUIRE(made.ok());
  TimeReader reader(made.value());
  Micros time = 0;
  return reader.Read(spelling, text, &time) ? FormatTime(time) : "";
}

struct TimeCase {
  std::string_view text;
  std::string_view expected;
};

}  // namespace

TEST_CASE("common log format time stamps", "[format][time]") {
  for (const TimeCase& c : std::initializer_list<TimeCase>{
           {"17/May/2015:10:05:03 +0000", "2015-05-17T10:05:03Z"},
           {"[17/May/2015:10:05:03 +0000]", "2015-05-17T10:05:03Z"},
           {"17/May/2015:10:05:03 +0545", "2015-05-17T04:20:03Z"},
           {"17/May/2015:10:05:03 -0930", "2015-05-17T19:35:03Z"},
           {"17/May/2015:10:05:03 +02:00", "2015-05-17T08:05:03Z"},
           {"17/May/2015:10:05:03.25 +0000", "2015-05-17T10:05:03.25Z"},
           {"17/May/2015:10:05:03", "2015-05-17T10:05:03Z"},
           {"29/Feb/2016:23:59:59 +0000", "2016-02-29T23:59:59Z"},
           {"29/Feb/2000:00:00:00 +0000", "2000-02-29T00:00:00Z"},
           {"31/Dec/2016:23:59:60 +0000", "2017-01-01T00:00:00Z"},
           {"01/Jan/1970:00:00:00 +0000", "1970-01-01T00:00:00Z"},
           {"31/Dec/1969:23:59:59 +0000", "1969-12-31T23:59:59Z"},
           {"29/Feb/2015:10:05:03 +0000", ""},
           {"29/Feb/1900:10:05:03 +0000", ""},
           {"31/Feb/2016:10:05:03 +0000", ""},
           {"31/Apr/2016:10:05:03 +0000", ""},
           {"00/Jan/2016:10:05:03 +0000", ""},
           {"17/may/2015:10:05:03 +0000", ""},
           {"17/Mai/2015:10:05:03 +0000", ""},
           {"17/May/2015:24:05:03 +0000", ""},
           {"17/May/2015:10:60:03 +0000", ""},
           {"17/May/2015:10:05:61 +0000", ""},
           {"17/May/2015:10:05:0x +0000", ""},
           {"17/May/2015:10:05:03 +000", ""},
           {"17/May/2015:10:05:03 0000", ""},
           {"17/May/2015:10:05:03 +2400", ""},
           {"17/May/2015:10:05:03 ", ""},
           {"17/May/2015 10:05:03 +0000", ""},
           {"7/May/2015:10:05:03 +0000", ""},
           {"", ""},
       }) {
    INFO(c.text);
    CHECK(Read(TimeForm::kClf, c.text) == c.expected);
  }
}

TEST_CASE("ISO 8601 and epoch time stamps", "[format][time]") {
  for (const TimeCase& c : std::initializer_list<TimeCase>{
           {"2015-05-17T10:05:03Z", "2015-05-17T10:05:03Z"},
           {"2015-05-17T10:05:03+02:00", "2015-05-17T08:05:03Z"},
           {"2015-05-17T10:05:03-0230", "2015-05-17T12:35:03Z"},
           {"2015-05-17 10:05:03", "2015-05-17T10:05:03Z"},
           {"2015-05-17T10:05:03.123456789Z", "2015-05-17T10:05:03.123456Z"},
           {"2015-05-17 10:05:03,5 +0100", "2015-05-17T09:05:03.5Z"},
           {"2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"},
           {"17/May/2015:10:05:03 +0000", "2015-05-17T10:05:03Z"},
           {"1431857103", "2015-05-17T10:05:03Z"},
           {"1431857103.25", "2015-05-17T10:05:03.25Z"},
           {"1431857103250", "2015-05-17T10:05:03.25Z"},
           {"1431857103250000", "2015-05-17T10:05:03.25Z"},
           {"1431857103250000000", "2015-05-17T10:05:03.25Z"},
           {"1.43185710325e9", "2015-05-17T10:05:03.25Z"},
           {"-1", "1969-12-31T23:59:59Z"},
           {"2015-02-30T10:05:03Z", ""},
           {"2015-05-17T25:05:03Z", ""},
           {"2015-05-17", ""},
           {"2015-05-17T10:05:03X", ""},
           {"2015-05-17T10:05:03.Z", ""},
           {"soon", ""},
           {"", ""},
       }) {
    INFO(c.text);
    CHECK(Read(TimeForm::kAny, c.text) == c.expected);
  }
  CHECK(Read(TimeForm::kEpoch, "1431857103.25") == "2015-05-17T10:05:03.25Z");
  CHECK(Read(TimeForm::kEpoch, "1431857103250", "UTC", 3) == "2015-05-17T10:05:03.25Z");
  CHECK(Read(TimeForm::kEpoch, "1431857103250.5", "UTC", 3) == "2015-05-17T10:05:03.2505Z");
  CHECK(Read(TimeForm::kEpoch, "99999999999999").empty());
  CHECK(Read(TimeForm::kEpoch, "99999999999999999999999").empty());
}

// A window that ends in the year 10000 could not be written.
TEST_CASE("a first time stamp of NUL bytes is none", "[format][time]") {
  Micros time = 0;
  const std::string clf = std::string(11, '\0') + ":10:05:03 +0000";
  const std::string iso = std::string(10, '\0') + "T10:05:03Z";
  for (const auto& [form, text] : {std::pair{TimeForm::kClf, clf}, std::pair{TimeForm::kIso, iso}}) {
    TimeSpelling spelling;
    spelling.form = form;
    CHECK_FALSE(TimeReader(TimeZone::Utc()).Read(spelling, text, &time));
  }
  TimeSpelling clf_spelling;
  clf_spelling.form = TimeForm::kClf;
  CHECK(TimeReader(TimeZone::Utc()).Read(clf_spelling, "01/Jan/1970:00:00:07 +0000", &time));
  CHECK(time == 7 * kSecond);
}

TEST_CASE("times are in the years 1 to 9998", "[format][time]") {
  CHECK(Read(TimeForm::kEpoch, "253370764799.5") == "9998-12-31T23:59:59.5Z");
  CHECK(Read(TimeForm::kEpoch, "253370764800").empty());
  CHECK(Read(TimeForm::kEpoch, "-62135596800") == "0001-01-01T00:00:00Z");
  CHECK(Read(TimeForm::kEpoch, "-62135596801").empty());
  CHECK(Read(TimeForm::kClf, "31/Dec/9998:23:59:59 +0000") == "9998-12-31T23:59:59Z");
  CHECK(Read(TimeForm::kClf, "31/Dec/9998:23:59:59 -0100").empty());
  CHECK(Read(TimeForm::kIso, "0001-01-01T00:00:00+01:00").empty());
}

TEST_CASE("strftime patterns", "[format][time]") {
  CHECK(ReadPattern("%Y-%m-%d %H:%M:%S", "2015-05-17 10:05:03") == "2015-05-17T10:05:03Z");
  CHECK(ReadPattern("%F %T %z", "2015-05-17 10:05:03 +0200") == "2015-05-17T08:05:03Z");
  CHECK(ReadPattern("%d/%b/%Y:%T", "17/May/2015:10:05:03") == "2015-05-17T10:05:03Z");
  CHECK(ReadPattern("%a, %d %B %Y %I:%M:%S %p", "Sun, 17 May 2015 12:05:03 AM") == "2015-05-17T00:05:03Z");
  CHECK(ReadPattern("%A %e %h %y %k.%M", "Sunday  7 May 15  9.05") == "2015-05-07T09:05:00Z");
  CHECK(ReadPattern("%Y.%j %R", "2016.366 23:59") == "2016-12-31T23:59:00Z");
  CHECK(ReadPattern("%s", "1431857103") == "2015-05-17T10:05:03Z");
  CHECK(ReadPattern("%D%t%T%%%Z", "05/17/15\t10:05:03%UTC") == "2015-05-17T10:05:03Z");
  CHECK(ReadPattern("%Y.%j %R", "2015.366 23:59").empty());
  CHECK(ReadPattern("%Y-%m-%d %H", "2015-13-17 10").empty());
  CHECK(ReadPattern("%Y-%m-%d %H", "2015-05-17 10x").empty());
  CHECK(ReadPattern("%F %I %p", "2015-05-17 13 PM").empty());
  CHECK_FALSE(TimePattern::Make("%Y %Q").ok());
  CHECK_FALSE(TimePattern::Make("%Y %").ok());
  CHECK(TimePattern::Make("%F").value().has_date());
  CHECK_FALSE(TimePattern::Make("%F").value().complete());
  CHECK_FALSE(TimePattern::Make("%m-%d %T").value().has_date());
}

TEST_CASE("what is written is read", "[format][time]") {
  const Micros time = 1431857103 * kSecond + 123456;
  for (const char* format :
       {"%Y-%m-%d %H:%M:%S", "%a, %d %b %y %I:%M:%S %p", "%c", "%s", "%A %e %B %Y %k:%M:%S %z", "%j %Y %l %p %M:%S"}) {
    INFO(format);
    auto pattern = TimePattern::Make(format);
    REQUIRE(pattern.ok());
    std::string text;
    pattern->Write(time, &text);
    CHECK(ReadPattern(format, text) == "2015-05-17T10:05:03Z");
  }
  std::string text;
  AppendTime(Spelling(TimeForm::kClf), time, &text);
  CHECK(text == "17/May/2015:10:05:03 +0000");
  text.clear();
  AppendTime(Spelling(TimeForm::kClf), -kSecond, &text);
  CHECK(text == "31/Dec/1969:23:59:59 +0000");
}

TEST_CASE("zones", "[format][time]") {
  CHECK(Read(TimeForm::kIso, "2015-05-17T10:05:03", "+02:00") == "2015-05-17T08:05:03Z");
  CHECK(Read(TimeForm::kIso, "2015-05-17T10:05:03", "-0330") == "2015-05-17T13:35:03Z");
  CHECK(Read(TimeForm::kIso, "2015-05-17T10:05:03Z", "-0330") == "2015-05-17T10:05:03Z");
  CHECK(Read(TimeForm::kIso, "2015-05-17T10:05:03", "Europe/Paris") == "2015-05-17T08:05:03Z");
  CHECK(Read(TimeForm::kIso, "2015-01-17T10:05:03", "Europe/Paris") == "2015-01-17T09:05:03Z");
  CHECK(Read(TimeForm::kIso, "2015-03-29T01:59:59", "Europe/Paris") == "2015-03-29T00:59:59Z");
  CHECK(Read(TimeForm::kIso, "2015-03-29T02:30:00", "Europe/Paris") == "2015-03-29T01:30:00Z");  // skipped
  CHECK(Read(TimeForm::kIso, "2015-03-29T03:00:00", "Europe/Paris") == "2015-03-29T01:00:00Z");
  CHECK(Read(TimeForm::kIso, "2015-10-25T02:30:00", "Europe/Paris") == "2015-10-25T00:30:00Z");  // twice: the first
  CHECK(Read(TimeForm::kIso, "2015-10-25T03:00:00", "Europe/Paris") == "2015-10-25T02:00:00Z");
  CHECK(Read(TimeForm::kIso, "2060-07-01T12:00:00", "Europe/Paris") == "2060-07-01T10:00:00Z");  // beyond the table
  CHECK(Read(TimeForm::kIso, "2060-01-01T12:00:00", "America/New_York") == "2060-01-01T17:00:00Z");
  CHECK(Read(TimeForm::kClf, "17/May/2015:10:05:03", "Asia/Kathmandu") == "2015-05-17T04:20:03Z");
  for (const char* name : {"Europe/Atlantis", "../../etc/passwd", "/etc/localtime", "+25:00", "+1:00", "", "12"}) {
    INFO(name);
    const auto zone = TimeZone::Make(name);
    REQUIRE_FALSE(zone.ok());
    CHECK(zone.status().code() == StatusCode::kUsage);
  }
}

TEST_CASE("POSIX zone rules", "[format][time]") {
  const auto offset = [](std::string_view rule, std::string_view time) {
    PosixZone zone;
    REQUIRE(zone.Parse(rule));
    return zone.OffsetAt(ParseTime(time).value() / kSecond);
  };
  CHECK(offset("CET-1CEST,M3.5.0,M10.5.0/3", "2030-03-31T00:59:59Z") == 3600);
  CHECK(offset("CET-1CEST,M3.5.0,M10.5.0/3", "2030-03-31T01:00:00Z") == 7200);
  CHECK(offset("CET-1CEST,M3.5.0,M10.5.0/3", "2030-10-27T00:59:59Z") == 7200);
  CHECK(offset("CET-1CEST,M3.5.0,M10.5.0/3", "2030-10-27T01:00:00Z") == 3600);
  CHECK(offset("AEST-10AEDT,M10.1.0,M4.1.0/3", "2030-01-01T00:00:00Z") == 39600);
  CHECK(offset("AEST-10AEDT,M10.1.0,M4.1.0/3", "2030-07-01T00:00:00Z") == 36000);
  CHECK(offset("<+0330>-3:30", "2030-07-01T00:00:00Z") == 12600);
  CHECK(offset("EST5EDT,J60/0,300", "2028-02-29T04:59:59Z") == -18000);  // J60 is 1 March in leap years too
  CHECK(offset("EST5EDT,J60/0,300", "2028-03-01T05:00:00Z") == -14400);
  PosixZone zone;
  for (const char* bad :
       {"", "C", "CET", "CET-1CEST", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0", "CET-1CEST,M3.5.0,M10.5.0/3x"}) {
    INFO(bad);
    CHECK_FALSE(zone.Parse(bad));
  }
}

}  // namespace socklog
