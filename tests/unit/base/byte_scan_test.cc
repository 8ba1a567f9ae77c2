#include "base/byte_scan.h"

#include <string>

#include "base/hash.h"
#include "support/catch.h"

namespace socklog::testing {
namespace {

// Whether looking byte by byte gives the same for all three.
bool IsRight(std::string text) {
  const auto by_one = [size = text.size(), &text](StopAt at) {
    std::size_t done = 0;
    while (done < size && !Stops(text[done], at)) ++done;
    return done;
  };
  const std::size_t size = text.size();
  text.append(32, '?');
  const std::string_view view = std::string_view(text).substr(0, size);
  return PlainPrefix<StopAt::kOdd>(view) == by_one(StopAt::kOdd) &&
         PlainPrefix<StopAt::kOddOrColon>(view) == by_one(StopAt::kOddOrColon) &&
         PlainPrefix<StopAt::kPathEnd>(view) == by_one(StopAt::kPathEnd);
}

}  // namespace

TEST_CASE("the plain prefix is that of looking byte by byte, for every byte at every place") {
  bool same = true;
  for (std::size_t size = 0; size < 70; ++size) {
    const std::string plain(size, '/');
    same = same && IsRight(plain);
    for (std::size_t place = 0; place < size; ++place) {
      std::string text = plain;
      for (int byte = 0; byte < 256; ++byte) {
        text[place] = static_cast<char>(byte);
        same = same && IsRight(text);
      }
    }
  }
  CHECK(same);
}

TEST_CASE("the first of several special bytes counts") {
  SplitMix64 random(1);
  bool same = true;
  for (int i = 0; i < 20'000; ++i) {
    std::string text(random.Below(70), 'a');
    for (std::uint64_t marks = random.Below(4); marks > 0 && !text.empty(); --marks)
      text[random.Below(text.size())] = "?#;:\\\n\x7f\xc3"[random.Below(8)];
    same = same && IsRight(text);
  }
  CHECK(same);
}

}  // namespace socklog::testing
