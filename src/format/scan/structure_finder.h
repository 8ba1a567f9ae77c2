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
    std::uint16_t* marks = index->marks.get();
    ForEach64(chunk, size, [&marks](const char* p, std::uint16_t base, std::uint64_t inside) {
      marks = Simd::Append(Simd::Marks(p) & inside, base, marks);
    });
    PutEndMarks(marks, static_cast<std::uint16_t>(size - 1));
  }

  static void FindJson(const char* chunk, std::size_t size, StructuralIndex* index) {
    std::uint16_t* quotes = index->quotes.get();
    std::uint16_t* newlines = index->newlines.get();
    std::uint16_t* odd_bytes = index->odd.get();
    ForEach64(chunk, size, [&](const char* p, std::uint16_t base, std::uint64_t inside) {
      const Structure found = Simd::Find(p);
      const std::uint64_t odd = Simd::Odd(p) & ~found.newlines & inside;
      quotes = Simd::Append(found.quotes & inside, base, quotes);
      newlines = AppendFew(found.newlines & inside, base, newlines);
      if (odd != 0) odd_bytes = AppendFew(odd, base, odd_bytes);
    });
    *newlines = *odd_bytes = StructuralIndex::kNone;
    PutEndMarks(quotes, StructuralIndex::kNone);
  }

 private:
  // Calls find(p, p's place in the chunk, the bits of those 64 bytes that are in the chunk).
  template <typename Find>
  static void ForEach64(const char* chunk, std::size_t size, const Find& find) {
    std::size_t at = 0;
    for (; at + 64 <= size; at += 64) find(chunk + at, static_cast<std::uint16_t>(at), ~std::uint64_t{0});
    if (at < size) find(chunk + at, static_cast<std::uint16_t>(at), (std::uint64_t{1} << (size - at)) - 1);
  }

  static void PutEndMarks(std::uint16_t* end, std::uint16_t mark) {
    for (std::size_t i = 0; i < StructuralIndex::kEndMarks; ++i) end[i] = mark;
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
