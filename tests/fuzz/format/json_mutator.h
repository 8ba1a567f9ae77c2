// Logs of JSON lines whose members vary, as logs do and as they never should.
#ifndef SOCKLOG_TESTS_FUZZ_FORMAT_JSON_MUTATOR_H_
#define SOCKLOG_TESTS_FUZZ_FORMAT_JSON_MUTATOR_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "line_mutator.h"

namespace socklog {

// The same seed gives the same log.
class JsonMutator {
 public:
  explicit JsonMutator(std::uint32_t seed) : random_(seed), lines_(seed + 1) {}

  // Lines of a few skeletons, some of them damaged.
  std::string Log(LogWriter* writer, int count) {
    std::vector<std::uint32_t> skeletons(1 + Below(6));
    for (std::uint32_t& skeleton : skeletons) skeleton = Below(3) == 0 ? 0 : Next();
    const std::uint32_t damaged = Below(3);
    const std::uint32_t zones = Below(3) == 0 ? 0 : 1 + Below(4);
    const std::uint32_t zone = Next();
    std::uint32_t skeleton = skeletons[0];
    std::string log;
    for (int i = 0; i < count; ++i) {
      if (Below(8) == 0) skeleton = skeletons[Below(static_cast<std::uint32_t>(skeletons.size()))];
      std::string line = lines_.Line(writer);
      if (zones > 0) SetZone(zone + Below(zones), &line);
      line = Reshape(std::move(line), skeleton);
      if (Below(4) < damaged) line = Reshape(std::move(line), Next());
      if (Below(4) < damaged) line = lines_.Damage(std::move(line), 3);
      log += line + "\n";
    }
    return log;
  }

 private:
  // "name":value, as it stands in a line.
  struct Member {
    std::size_t begin, value, end;
  };

  std::uint32_t Next() { return static_cast<std::uint32_t>(random_()); }
  std::uint32_t Below(std::uint32_t n) { return Next() % n; }

  // Gives the first ISO time stamp another fraction and zone.
  static void SetZone(std::uint32_t choice, std::string* line) {
    static constexpr std::string_view kZones[] = {
        "Z",
        "+00:00",
        ".5Z",
        ".123456789+02:00",
        "",
        ".25",
        ",5",
        ",5Z",
        " GMT",
        ".5 -0330",
        "z",
        "+02",
        ".Z",
        ".5",
        "-00:00",
        ".000001Z",
        "X",
        " UTC",
        "+99",
        ".5,5",
        ".1234567890123456789Z",
    };
    for (std::size_t i = line->find('T', 8); i != std::string::npos; i = line->find('T', i + 1)) {
      if ((*line)[i - 3] != '-' || line->size() < i + 9 || (*line)[i + 3] != ':' || (*line)[i + 6] != ':') continue;
      line->replace(i + 9, line->find('"', i) - i - 9, kZones[choice % std::size(kZones)]);
      return;
    }
  }

  // Changes the members of a line. The same seed does the same to all lines with the same members; 0 does nothing.
  static std::string Reshape(std::string line, std::uint32_t seed) {
    std::mt19937 random(seed);
    for (std::size_t i = seed == 0 ? 0 : 1 + random() % 3; i > 0; --i) ReshapeOnce(&random, &line);
    return line;
  }

  static void ReshapeOnce(std::mt19937* random, std::string* line) {
    static constexpr std::string_view kValues[] = {"null",
                                                   "true",
                                                   "false",
                                                   "0",
                                                   "-1",
                                                   "-0",
                                                   "01",
                                                   "1.5",
                                                   "1.",
                                                   ".5",
                                                   "1e3",
                                                   "1E-05",
                                                   "1e",
                                                   "-",
                                                   "200",
                                                   "404.0",
                                                   "12345678901234567890123",
                                                   "1431857103.000001",
                                                   "\"\"",
                                                   "\"-\"",
                                                   "\"200\"",
                                                   "\"[2001:db8::1]:80\"",
                                                   "\"a.example:80\"",
                                                   "\"GET /x?y HTTP/1.1\"",
                                                   "\"GET  / HTTP/2.0\"",
                                                   "\"get\"",
                                                   "\"G@T\"",
                                                   "\"x;y#z\"",
                                                   "\"17/May/2015:10:05:03 +0000\"",
                                                   "\"2015-05-17T10:05:03.000250Z\"",
                                                   "\"2015-05-17T10:59:60+02:00\"",
                                                   "\"2015-05-17T10:05:03,5\"",
                                                   "\"2015-05-17 10:05:03 GMT\"",
                                                   "\"\\u0041\"",
                                                   "\"a\\\"b\"",
                                                   "\"\xc3\xa9\"",
                                                   "\"\xff\"",
                                                   "\"\x01\"",
                                                   "\"\x7f\"",
                                                   "{}",
                                                   "[]",
                                                   "{\"a\":1}",
                                                   "[\"x\",\"y\"]",
                                                   "[1]",
                                                   "[true,1]",
                                                   "[null]",
                                                   "[[\"x\"]]",
                                                   "[{\"a\":1},2]",
                                                   "tru",
                                                   "nul",
                                                   "\"x",
                                                   "{\"a\":[1}",
                                                   "1 ",
                                                   " \"x\"  "};
    static constexpr std::string_view kNames[] = {"status", "s", "ts", "time", "uri", "method", "user", "x", "a.b"};
    const std::vector<Member> members = MembersOf(*line);
    if (members.empty()) return;
    const Member member = members[(*random)() % members.size()];
    const Member other = members[(*random)() % members.size()];
    const std::string text = line->substr(member.begin, member.end - member.begin);
    const std::string value = line->substr(member.value, member.end - member.value);
    const std::uint32_t choice = static_cast<std::uint32_t>((*random)());
    const auto replace_value = [&](std::string_view by) { line->replace(member.value, value.size(), by); };
    switch ((*random)() % 12) {
      case 0:  // with its comma
        line->erase(member.begin, text.size() + (member.end < line->size() && (*line)[member.end] == ',' ? 1 : 0));
        return;
      case 1:
        line->insert(other.begin, text + ",");
        return;
      case 2:
        if (other.begin >= member.end) {
          line->replace(other.begin, other.end - other.begin, text);
          line->replace(member.begin, text.size(), "\"moved\":0");
        }
        return;
      case 3:
      case 4:
      case 5:
        return replace_value(kValues[choice % std::size(kValues)]);
      case 6:
        return replace_value(std::string(line->substr(other.value, other.end - other.value)));
      case 7:
        return replace_value("[" + value + (choice % 2 == 0 ? "," + value : "") + "]");
      case 8:
        return replace_value("{\"a\":" + value + "}");
      case 9:
        line->insert(choice % 2 == 0 ? member.value : member.end, choice % 8 == 0 ? "\t" : " ");
        return;
      case 10:
        line->replace(member.begin, member.value - member.begin,
                      "\"" + std::string(kNames[choice % std::size(kNames)]) + "\":");
        return;
      default:
        line->insert(member.begin, "\"" + std::string(choice % 150, 'n') + "\":" + std::to_string(choice) + ",");
        return;
    }
  }

  static std::size_t StringEnd(std::string_view line, std::size_t at) {
    for (++at; at < line.size() && line[at] != '"'; ++at) at += line[at] == '\\' ? 1 : 0;
    return std::min(at + 1, line.size());
  }

  static std::size_t ValueEnd(std::string_view line, std::size_t at) {
    int depth = 0;
    while (at < line.size()) {
      const char c = line[at];
      if (c == '"') {
        at = StringEnd(line, at);
        continue;
      }
      if (depth == 0 && (c == ',' || c == '}' || c == ']')) break;
      depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
      ++at;
    }
    return at;
  }

  // At all depths.
  static std::vector<Member> MembersOf(std::string_view line) {
    std::vector<Member> members;
    for (std::size_t at = 0; at < line.size(); ++at) {
      if (line[at] != '"') continue;
      const std::size_t name_end = StringEnd(line, at);
      if (name_end < line.size() && line[name_end] == ':')
        members.push_back({at, name_end + 1, ValueEnd(line, name_end + 1)});
      at = name_end - 1;
    }
    return members;
  }

  std::mt19937 random_;
  LineMutator lines_;
};

}  // namespace socklog

#endif  // SOCKLOG_TESTS_FUZZ_FORMAT_JSON_MUTATOR_H_
