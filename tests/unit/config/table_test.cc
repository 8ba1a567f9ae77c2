// The option table is in itself consistent.
#include <set>

#include "config/file_keys.h"
#include "config/option_table.h"
#include "support/catch.h"

namespace socklog {
namespace {

TEST_CASE("every row of the option table is complete") {
  for (const OptionRow& row : OptionTable()) {
    INFO(row.name);
    CHECK(row.set != nullptr);
    CHECK(row.commands != 0);
    CHECK_FALSE(row.section.empty());
    CHECK_FALSE(row.help.empty());
    CHECK(row.help.back() != '.');
    CHECK((row.elsewhere.commands & ~row.commands) == 0);
    CHECK(row.elsewhere.help.empty() == (row.elsewhere.commands == 0));
    CHECK(row.metavar.empty() == (row.kind == ValueKind::kSwitch));
    CHECK(row.choices.empty() == (row.kind != ValueKind::kChoice));
  }
}

TEST_CASE("names, letters and places in a file are unique within a command") {
  for (const Command command : {kCommandGenerate, kCommandAnalyze, kCommandThresholds, kCommandCheckConfig}) {
    std::set<std::string> names;
    std::set<char> letters;
    std::set<std::string> places;
    for (const OptionRow& row : OptionTable()) {
      if ((row.commands & command) == 0) continue;
      INFO(row.name);
      CHECK(names.insert(std::string(row.name)).second);
      CHECK(places.insert(FileName(row)).second);
      if (row.letter != 0) CHECK(letters.insert(row.letter).second);
      CHECK(FindOption(command, row.name) == &row);
    }
  }
}

TEST_CASE("the defaults that are shown are values") {
  for (const OptionRow& row : OptionTable()) {
    if (row.default_text.empty()) continue;
    INFO(row.name);
    Options options;
    CHECK(row.set(&options, row.default_text).ok());
  }
}

// Setting the shown default changes nothing; members of several kinds stand for all.
TEST_CASE("the defaults that are shown are those of the members") {
  Options set;
  for (const OptionRow& row : OptionTable()) {
    const bool list_like = row.name == "to" || row.name == "alerts-to" || row.name == "host" || row.name == "port";
    if (!row.default_text.empty() && !list_like) REQUIRE(row.set(&set, row.default_text).ok());
  }
  const Options untouched;
  CHECK(set.generate.rate == untouched.generate.rate);
  CHECK(set.generate.speed == untouched.generate.speed);
  CHECK(set.generate.users == untouched.generate.users);
  CHECK(set.generate.clients == untouched.generate.clients);
  CHECK(set.generate.urls == untouched.generate.urls);
  CHECK(set.generate.background_error_rate == untouched.generate.background_error_rate);
  CHECK(set.generate.error_status == untouched.generate.error_status);
  CHECK(set.format.log_format == untouched.format.log_format);
  CHECK(set.format.tz == untouched.format.tz);
  CHECK(set.window.window == untouched.window.window);
  CHECK(set.window.lateness == untouched.window.lateness);
  CHECK(set.window.idle_timeout == untouched.window.idle_timeout);
  CHECK(set.window.max_ahead == untouched.window.max_ahead);
  CHECK(set.window.max_gap == untouched.window.max_gap);
  CHECK(set.window.max_memory == untouched.window.max_memory);
  CHECK(set.window.event_time == untouched.window.event_time);
  CHECK(set.keys.user == untouched.keys.user);
  CHECK(set.keys.client == untouched.keys.client);
  CHECK(set.keys.ipv6_prefix == untouched.keys.ipv6_prefix);
  CHECK(set.alert.for_time == untouched.alert.for_time);
  CHECK(set.alert.clear == untouched.alert.clear);
  CHECK(set.analyze.top == untouched.analyze.top);
  CHECK(set.analyze.jobs == untouched.analyze.jobs);
  CHECK(set.analyze.output == untouched.analyze.output);
  CHECK(set.thresholds.budget == untouched.thresholds.budget);
  CHECK(set.thresholds.holdout == untouched.thresholds.holdout);
  CHECK(set.thresholds.output_file == untouched.thresholds.output_file);
  CHECK(set.connection.connect_timeout == untouched.connection.connect_timeout);
  CHECK(set.connection.max_clients == untouched.connection.max_clients);
  CHECK(set.common.color == untouched.common.color);
}

}  // namespace
}  // namespace socklog
