// Stage 1 of the scanner (lines.h).
#ifndef SOCKLOG_FORMAT_SCAN_STRUCTURE_FINDER_H_
#define SOCKLOG_FORMAT_SCAN_STRUCTURE_FINDER_H_

#include <cstddef>
#include <cstdint>

#include "format/scan/bits.h"
#include "format/scan/kernel.h"

namespace socklog {
namespace {

template <typename Simd>
class StructureFinder {
 public:
  static void FindText(const char* chunk, std::size_t size, StructuralIndex* index) {
    Find(chunk, size, index, [](const Structure& found, const char*) { return found.backslashes; });
  }

  static void FindJson(const char* chunk, std::size_t size, StructuralIndex* index) {
    Find(chunk, size, index, [](const Structure& found, const char* p) { return Simd::Odd(p) & ~found.newlines; });
  }

 private:
  template <typename FindOdd>
  static void Find(const char* chunk, std::size_t size, StructuralIndex* index, const FindOdd& find_odd) {
    std::uint16_t* quotes = index->quotes.get();
    std::uint16_t* newlines = index->newlines.get();
    std::uint16_t* odd_bytes = index->odd.get();
    for (std::size_t at = 0; at < size; at += 64) {
      Structure found = Simd::Find(chunk + at);
      std::uint64_t odd = find_odd(found, chunk + at);
      if (size - at < 64) {
        const std::uint64_t inside = (std::uint64_t{1} << (size - at)) - 1;
        found.quotes &= inside;
        found.newlines &= inside;
        odd &= inside;
      }
      const auto base = static_cast<std::uint16_t>(at);
      quotes = Simd::Append(found.quotes, base, quotes);
      newlines = AppendFew(found.newlines, base, newlines);
      if (odd != 0) odd_bytes = AppendFew(odd, base, odd_bytes);
    }
    index->newline_count = static_cast<std::size_t>(newlines - index->newlines.get());
    *newlines = *odd_bytes = StructuralIndex::kNone;
    for (std::size_t i = 0; i < StructuralIndex::kEndMarks; ++i) quotes[i] = StructuralIndex::kNone;
  }

  // At most one as a rule.
  static std::uint16_t* AppendFew(std::uint64_t mask, std::uint16_t base, std::uint16_t* out) {
    const auto position = [base](std::uint64_t left) {
      return static_cast<std::uint16_t>(base + __builtin_ctzll(left));
    };
    *out = position(mask | std::uint64_t{1} << 63);
    out += mask != 0;
    for (mask &= mask - 1; mask != 0; mask &= mask - 1) *out++ = position(mask);
    return out;
  }
};

}  // namespace
}  // namespace socklog

#endif  // SOCKLOG_FORMAT_SCAN_STRUCTURE_FINDER_H_
