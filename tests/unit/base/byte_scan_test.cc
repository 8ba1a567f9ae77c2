#include "base/byte_scan.h"

#include <string>

#include "base/hash.h"
#include "support/catch.h"

namespace socklog::testing {
namespace {

template <bool path>
std::size_t ByOne(std::string_view text) {
  std::size_t done = 0;
  while (done < text.size() && IsPlainByte(text[done]) && !(path && EndsPath(text[done]))) ++done;
  return done;
}

}  // namespace

TEST_CASE("the plain prefix is that of looking byte by byte, for every byte at every place") {
  bool same = true;
  for (std::size_t size = 0; size < 50; ++size) {
    const std::string plain(size, '/');
    same = same && PlainPrefix<true>(plain) == size && PlainPrefix<false>(plain) == size;
    for (std::size_t place = 0; place < size; ++place) {
      std::string text = plain;
      for (int byte = 0; byte < 256; ++byte) {
        text[place] = static_cast<char>(byte);
        same = same && PlainPrefix<true>(text) == ByOne<true>(text) && PlainPrefix<false>(text) == ByOne<false>(text);
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
      text[random.Below(text.size())] = "?#;\\\n\x7f\xc3"[random.Below(7)];
    same = same && PlainPrefix<true>(text) == ByOne<true>(text) && PlainPrefix<false>(text) == ByOne<false>(text);
  }
  CHECK(same);
}

}  // namespace socklog::testing
