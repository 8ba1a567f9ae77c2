// Lines of a format as a server might write them, and what damage does to them.
#ifndef SOCKLOG_TESTS_FUZZ_FORMAT_LINE_MUTATOR_H_
#define SOCKLOG_TESTS_FUZZ_FORMAT_LINE_MUTATOR_H_

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "format/format.h"

namespace socklog {

// The same seed gives the same lines.
class LineMutator {
 public:
  explicit LineMutator(std::uint32_t seed) : random_(seed) {}

  // A line without damage.
  std::string Line(LogWriter* writer) {
    WrittenRequest request;
    request.time = (1431857103 + Below(5) * 1800 + Below(4000)) * kSecond + Below(2) * 500000;
    request.duration = Below(3) * 1234;
    request.bytes = Below(3) == 0 ? 0 : Below(100000);
    request.status = static_cast<int>(Below(5) == 0 ? Below(500) + 100 : 200);
    request.client = Pick({"192.0.2.1", "2001:db8::1", "198.51.100.7", "host.example"});
    request.user = Pick({"", "ann", "bob.smith"});
    request.method = Pick({"GET", "POST", "PROPFIND"});
    request.target = Pick({"/", "/a/b.html?c=d", "*", "/with space", "http://shop.example/x"});
    request.protocol = Pick({"HTTP/1.1", "HTTP/2.0", "HTTP/1.0"});
    request.host = Pick({"shop.example", "a.b.c.example"});
    request.referer = Pick({"", "https://news.example/"});
    request.agent = Pick({"", "curl/8.5", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"});
    std::string line;
    writer->Write(request, &line);
    line.pop_back();
    return line;
  }

  // Some of it changed, at up to `times` places.
  std::string Damage(std::string line, std::int64_t times) {
    for (std::int64_t i = Below(times + 1); i > 0; --i) DamageOnce(&line);
    return line;
  }

  std::int64_t Below(std::int64_t n) { return static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(n)); }

 private:
  std::string_view Pick(const std::vector<std::string_view>& of) {
    return of[static_cast<std::size_t>(Below(static_cast<std::int64_t>(of.size())))];
  }

  std::size_t Place(const std::string& line) {
    return static_cast<std::size_t>(Below(static_cast<std::int64_t>(line.size()) + 1));
  }

  // Bytes that mean something to a format come often.
  char Byte() {
    constexpr char kSpecial[] = "\"\"  \\-[]{}:|;/+.,09AZz\t\r\0\n\x7f\x80\xff\xef";
    if (Below(4) == 0) return static_cast<char>(Below(256));
    return kSpecial[Below(sizeof(kSpecial) - 1)];
  }

  void DamageOnce(std::string* line) {
    const std::size_t at = Place(*line);
    const std::size_t size = static_cast<std::size_t>(Below(Below(6) == 0 ? 90 : 4));
    switch (Below(9)) {
      case 0:
      case 1:
        if (at < line->size()) (*line)[at] = Byte();
        return;
      case 2:
      case 3:
        line->insert(at, 1, Byte());
        return;
      case 4:
        line->erase(at, size);
        return;
      case 5:  // something twice
        line->insert(at, line->substr(Place(*line), size));
        return;
      case 6:
        if (Below(4) == 0) line->resize(at);
        return;
      case 7:
        if (Below(8) == 0) line->insert(at, static_cast<std::size_t>(Below(300)), Byte());
        if (Below(200) == 0) line->insert(at, static_cast<std::size_t>(Below(40000)), 'x');
        return;
      default:  // what stands around lines
        if (Below(3) == 0) *line += std::string(Pick({"\r", " ", "\t", " -", " \"-\"", "\r\n"}));
        if (Below(30) == 0) *line = "\xEF\xBB\xBF" + *line;
        if (Below(30) == 0) *line = "\"" + *line + "\"";
        return;
    }
  }

  std::mt19937 random_;
};

}  // namespace socklog

#endif  // SOCKLOG_TESTS_FUZZ_FORMAT_LINE_MUTATOR_H_
