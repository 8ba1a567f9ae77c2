#include "generate/schedule.h"

#include <algorithm>
#include <cstdint>
#include <limits>

#include "socklog/options.h"
#include "support/catch.h"

namespace socklog {
namespace {

constexpr Micros kNewYear = 1'767'225'600 * kSecond;  // 2026-01-01T00:00:00Z

TEST_CASE("A steady schedule has even steps and no drift") {
  const Schedule schedule(200, false, kNewYear);
  CHECK(schedule.TimeOf(0) == kNewYear);
  CHECK(schedule.TimeOf(1) == kNewYear + 5 * kMillisecond);
  CHECK(schedule.TimeOf(720'000) == kNewYear + kHour);
  CHECK(schedule.TimeOf(200 * 86'400ULL * 36'500) == kNewYear + 36'500 * kDay);

  const Schedule thirds(3, false, 0);
  CHECK(thirds.TimeOf(1) == 333'333);
  CHECK(thirds.TimeOf(2) == 666'666);
  CHECK(thirds.TimeOf(3) == kSecond);
  CHECK(thirds.TimeOf(3'000'000'000'000) == 1'000'000'000'000 * kSecond);
}

TEST_CASE("A length of log time holds exactly its requests") {
  struct Case {
    double rate;
    Micros length;
    std::uint64_t requests;
  };
  const Case cases[] = {
      {200, kHour, 720'000},     {1, kSecond, 1},     {1, kSecond + 1, 2},     {1, 1, 1},
      {3, kSecond, 3},           {0.1, kMinute, 6},   {0.3, kDay, 25'920},     {1e6, kSecond, 1'000'000},
      {4e6, kSecond, 4'000'000}, {kMinRate, kDay, 1}, {33.25, kHour, 119'700}, {1, 0, 0},
  };
  for (const Case& c : cases) {
    CAPTURE(c.rate, c.length);
    CHECK(Schedule(c.rate, false, kNewYear).CountWithin(c.length) == c.requests);
  }
}

TEST_CASE("With a daily cycle every day has its exact number, however the start lies") {
  for (const Micros start : {kNewYear, kNewYear + 7 * kHour + 123'456, Micros{-5 * kHour}, Micros{-3 * kDay - 1}}) {
    for (const double rate : {1.0, 0.5, 17.0}) {
      CAPTURE(start, rate);
      const Schedule schedule(rate, true, start);
      CHECK(schedule.TimeOf(0) == start);
      const auto day = static_cast<std::uint64_t>(rate * 86'400);
      CHECK(schedule.CountWithin(kDay) == day);
      CHECK(schedule.CountWithin(7 * kDay) == 7 * day);
      CHECK(schedule.TimeOf(day) == start + kDay);
    }
  }
}

TEST_CASE("A day's cycle is quiet by night, busy in the evening, and never goes back") {
  const Schedule schedule(2, true, kNewYear);
  const auto in_hour = [&](Micros hour) {
    return schedule.CountWithin((hour + 1) * kHour) - schedule.CountWithin(hour * kHour);
  };
  CHECK(in_hour(4) < 7200 * 35 / 100);
  CHECK(in_hour(20) > 7200 * 150 / 100);
  Micros last = kNewYear;
  Micros longest = 0;
  Micros shortest = kDay;
  for (std::uint64_t i = 0; i < 2 * 86'400 * 2; ++i) {
    const Micros time = schedule.TimeOf(i);
    if (i > 0) shortest = std::min(shortest, time - last);
    longest = std::max(longest, time - last);
    last = time;
  }
  CHECK(shortest >= 0);
  CHECK(longest < 2 * kSecond);
}

TEST_CASE("Times beyond the end of time saturate") {
  constexpr auto kMax = std::numeric_limits<Micros>::max();
  for (const bool cycle : {false, true}) {
    CAPTURE(cycle);
    CHECK(Schedule(kMinRate, cycle, kNewYear).TimeOf(kUnlimited) == kMax);
    CHECK(Schedule(kMaxRate, cycle, kNewYear).CountWithin(kMax) == kUnlimited);
    CHECK(Schedule(1, cycle, kMax - 10 * kSecond).TimeOf(1'000'000) == kMax);
    CHECK(Schedule(1, cycle, -kMax / 2).TimeOf(0) == -kMax / 2);
  }
}

}  // namespace
}  // namespace socklog
