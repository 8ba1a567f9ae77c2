#include "base/line_splitter.h"

#include <tuple>
#include <vector>

#include "base/hash.h"
#include "support/catch.h"

namespace socklog::testing {
namespace {

using Lines = std::vector<std::tuple<std::string, std::uint64_t, bool>>;  // text, position, too long

void Collect(const Block& block, Lines* lines) {
  for (std::size_t offset = 0; offset < block.text.size();) {
    const std::size_t newline = block.text.view().find('\n', offset);
    REQUIRE(newline != std::string_view::npos);
    lines->emplace_back(std::string(block.text.view().substr(offset, newline - offset)), block.position + offset,
                        block.too_long);
    offset = newline + 1;
  }
}

// Cut into pieces of random size up to `most`.
Lines Split(std::string_view text, std::size_t most, std::uint64_t seed, std::uint64_t position = 0,
            bool skip_line = false) {
  SplitMix64 random(seed);
  LineSplitter splitter(position);
  if (skip_line) splitter.SkipLine();
  Lines lines;
  Block block;
  while (!text.empty()) {
    const bool whole = splitter.Begin(&block);
    for (std::uint64_t adds = 1 + random.Below(3); adds > 0 && !text.empty() && !whole; --adds) {
      const std::size_t size = std::min<std::size_t>({text.size(), random.Below(most + 1), kMaxLineBytes / 3});
      block.text.Append(text.substr(0, size));
      text.remove_prefix(size);
    }
    splitter.Cut(&block);
    Collect(block, &lines);
  }
  do {
    splitter.Finish(&block);
    Collect(block, &lines);
  } while (!block.text.empty());
  return lines;
}

}  // namespace

TEST_CASE("lines and where they start") {
  struct Case {
    std::string text;
    Lines lines;
  };
  const std::vector<Case> cases = {
      {"", {}},
      {"\n", {{"", 10, false}}},
      {"a", {{"a", 10, false}}},
      {"a\n", {{"a", 10, false}}},
      {"a\nbc\n\nd", {{"a", 10, false}, {"bc", 12, false}, {"", 15, false}, {"d", 16, false}}},
      {"a\r\nb\r", {{"a\r", 10, false}, {"b\r", 13, false}}},
      {std::string("a\0b\n\0", 5), {{std::string("a\0b", 3), 10, false}, {std::string("\0", 1), 14, false}}},
  };
  for (const Case& test : cases) {
    CAPTURE(test.text);
    CHECK(Split(test.text, test.text.size(), 0, 10) == test.lines);
    for (std::uint64_t seed = 0; seed < 20; ++seed) CHECK(Split(test.text, 2, seed, 10) == test.lines);
  }
}

TEST_CASE("the rest of a line that is known is skipped") {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    CHECK(Split("known\na\nb", 3, seed, 10, true) == Lines{{"a", 16, false}, {"b", 18, false}});
    CHECK(Split("\na\n", 3, seed, 10, true) == Lines{{"a", 11, false}});
    CHECK(Split("known", 3, seed, 10, true).empty());
  }
}

TEST_CASE("lines do not depend on how the bytes were cut") {
  SplitMix64 random(1);
  std::string text;
  for (int i = 0; i < 300; ++i) {
    text.append(random.Below(10) == 0 ? random.Below(5000) : random.Below(40),
                static_cast<char>('a' + random.Below(26)));
    text += '\n';
  }
  text += "the end";
  const Lines whole = Split(text, text.size(), 0);
  REQUIRE(whole.size() == 301);
  for (std::uint64_t seed = 1; seed < 30; ++seed) REQUIRE(Split(text, 1 + seed * seed * 3, seed) == whole);
}

TEST_CASE("a line of a mebibyte is whole, one byte more is too long, and the next one starts where it should") {
  for (const std::size_t beyond : {0u, 1u, 5000u, 1u << 20}) {
    const std::string text = "a\n" + std::string(kMaxLineBytes + beyond, 'x') + "\nb\n";
    const Lines expected = {
        {"a", 0, false}, {std::string(kMaxLineBytes, 'x'), 2, beyond > 0}, {"b", 3 + kMaxLineBytes + beyond, false}};
    CAPTURE(beyond);
    CHECK((Split(text, text.size(), 0) == expected));
    CHECK((Split(text, 100'000, 1) == expected));
    CHECK((Split(text.substr(0, text.size() - 3), 100'000, 2).back() == expected[1]));  // the end, without newline
  }
}

}  // namespace socklog::testing
