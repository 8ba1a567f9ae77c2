#include "socklog/text_buffer.h"

#include <cstring>
#include <string>
#include <utility>

#include "socklog/text_arena.h"
#include "support/catch.h"

namespace socklog::testing {

TEST_CASE("a text buffer grows at its end and may be read around its text") {
  TextBuffer buffer;
  CHECK(buffer.view().empty());
  std::string expected;
  for (int i = 0; i < 2000; ++i) {
    const std::string piece(static_cast<std::size_t>(i % 37), static_cast<char>('a' + i % 26));
    if (i % 2 == 0) {
      buffer.Append(piece);
    } else {
      piece.copy(buffer.Room(100), piece.size());
      buffer.Grow(piece.size());
    }
    expected += piece;
    if (expected.size() % 1000 == 999) {
      expected.resize(expected.size() / 2);
      buffer.Truncate(expected.size());
    }
  }
  REQUIRE(buffer.view() == expected);
  unsigned sum = 0;  // a sanitizer sees it if that is not ours
  for (std::size_t i = 0; i < TextBuffer::kPadding; ++i)
    sum += static_cast<unsigned char>(*(buffer.data() - 1 - i)) +
           static_cast<unsigned char>(*(buffer.data() + buffer.size() + i));
  CHECK(sum <= 2 * 255 * TextBuffer::kPadding);

  TextBuffer moved = std::move(buffer);
  CHECK(moved.view() == expected);
  moved.clear();
  CHECK(moved.view().empty());
}

TEST_CASE("texts of an arena stay where they are until it is cleared, and its memory is used again") {
  TextArena arena;
  const char* first = nullptr;
  for (int round = 0; round < 3; ++round) {
    std::vector<std::pair<std::string_view, std::string>> texts;
    for (std::size_t i = 0; i < 3000; ++i) {
      const std::string text(i == 1000 ? 200'000 : i % 100, static_cast<char>('a' + i % 26));
      texts.emplace_back(arena.Add(text), text);
    }
    for (const auto& [view, text] : texts) REQUIRE(view == text);
    if (first == nullptr) first = texts[1].first.data();
    CHECK(texts[1].first.data() == first);
    arena.Clear();
  }
}

}  // namespace socklog::testing
