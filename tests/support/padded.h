// Texts with room behind them, as those in a Block or a TextArena have.
#ifndef SOCKLOG_TESTS_SUPPORT_PADDED_H_
#define SOCKLOG_TESTS_SUPPORT_PADDED_H_

#include <array>
#include <cstddef>
#include <cstring>
#include <string_view>

#include "socklog/text_arena.h"

namespace socklog::testing {

// A copy of `text`, at most 256 bytes, valid for the next 30,000 calls.
inline std::string_view Padded(std::string_view text) {
  using Place = std::array<char, 256 + TextArena::kPadding>;
  static std::array<Place, 30'000> places;  // not allocated: some tests count what is
  static std::size_t next = 0;
  char* const copy = places[next].data();
  next = (next + 1) % places.size();
  std::memcpy(copy, text.data(), text.size());
  return {copy, text.size()};
}

}  // namespace socklog::testing

#endif  // SOCKLOG_TESTS_SUPPORT_PADDED_H_
