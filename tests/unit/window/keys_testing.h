// What the tests of keys share: rules, entries in padded memory, the request of one.
#ifndef SOCKLOG_TESTS_UNIT_WINDOW_KEYS_TESTING_H_
#define SOCKLOG_TESTS_UNIT_WINDOW_KEYS_TESTING_H_

#include <array>
#include <memory>
#include <utility>
#include <vector>

#include "support/catch.h"
#include "window/key_maker.h"

namespace socklog::testing {

inline constexpr std::array<bool, kDimensionCount> kAll = {true, true, true, true};

inline std::unique_ptr<KeyRules> Rules(const KeyOptions& keys = {}, const std::vector<IgnoreRule>& ignore = {},
                                       EventTime event_time = EventTime::kStart,
                                       const std::array<bool, kDimensionCount>& dimensions = kAll) {
  Result<std::unique_ptr<KeyRules>> rules = KeyRules::Make(keys, ignore, event_time, dimensions);
  REQUIRE(rules.ok());
  return std::move(*rules);
}

inline LogEntry Get(std::string_view target) {
  LogEntry entry;
  entry.method = "GET";
  entry.target = target;
  entry.status = 200;
  entry.client = "192.0.2.1";
  return entry;
}

// The entry with its texts in padded memory, as parsers give it.
inline LogEntry Padded(const LogEntry& entry, TextArena* texts) {
  LogEntry padded = entry;
  for (const auto text : {&LogEntry::method, &LogEntry::target, &LogEntry::host, &LogEntry::client, &LogEntry::user,
                          &LogEntry::agent, &LogEntry::user_header, &LogEntry::client_header})
    padded.*text = texts->Add(entry.*text);
  return padded;
}

inline Request Apply(const KeyRules& rules, const LogEntry& entry) {
  TextArena texts;  // keys are not looked at
  Request request;
  TextArena lines;
  KeyMaker(rules).Apply(Padded(entry, &lines), &texts, &request);
  return request;
}

}  // namespace socklog::testing

#endif  // SOCKLOG_TESTS_UNIT_WINDOW_KEYS_TESTING_H_
