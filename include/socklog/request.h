// What is counted of one well-formed line: what flows from the parsers to the windows.
#ifndef SOCKLOG_REQUEST_H_
#define SOCKLOG_REQUEST_H_

#include <array>
#include <cstdint>
#include <string_view>

#include "socklog/cell.h"
#include "socklog/reused_vector.h"
#include "socklog/time.h"

namespace socklog {

// Bits of Request::outcome, one for each counter of a Cell but `requests`, in the Cell's order.
enum OutcomeBit : std::uint8_t {
  kOutcomeError = 1u << 0,
  kOutcomeServerError = 1u << 1,
  kOutcomeThrottled = 1u << 2,
  kOutcomeAuthFailure = 1u << 3,
  kOutcomeNotFound = 1u << 4,
};
inline constexpr std::size_t kOutcomes = 32;  // combinations of the bits
inline constexpr std::uint8_t kAllOutcomes = kOutcomes - 1;

// What one request with that outcome adds to a cell.
constexpr Cell CellOfOutcome(std::uint8_t outcome) {
  const auto bit = [outcome](OutcomeBit which) { return std::uint64_t{(outcome & which) != 0}; };
  return {1,
          bit(kOutcomeError),
          bit(kOutcomeServerError),
          bit(kOutcomeThrottled),
          bit(kOutcomeAuthFailure),
          bit(kOutcomeNotFound)};
}

// A key of one dimension with its hash for look-ups (base/key_hash.h): whoever makes the key has its bytes at hand.
// Up to 64 bytes behind the key may be read, as behind all texts in a Block or a TextArena.
struct Key {
  const char* data = nullptr;
  std::uint32_t size = 0;  // bytes, at most 256; 0: the request is not counted in that dimension
  std::uint64_t hash = 0;

  std::string_view text() const { return {data, size}; }
};

// Dimensions that have keys: all but kGlobal.
inline constexpr std::size_t kKeyedDimensionCount = kDimensionCount - 1;
constexpr std::size_t KeyedIndex(Dimension dimension) { return static_cast<std::size_t>(dimension) - 1; }

// One request, ready to be counted. Its keys point into the block it was read from, or into memory that lives as long
// as that.
struct Request {
  Micros time = 0;
  std::uint32_t line = 0;                      // which line of its block, from 0
  std::uint32_t offset = 0;                    // of the line in its block's text
  std::uint32_t size = 0;                      // of the line, without its newline
  std::uint8_t outcome = 0;                    // OutcomeBits
  bool ignored = false;                        // by an [[ignore]] rule, or no request: counted as that, in no cell
  bool slow_path = false;                      // only the reference parser could read the line
  std::array<Key, kKeyedDimensionCount> keys;  // by KeyedIndex
};

using Requests = ReusedVector<Request>;

// Whether the request is counted for its key of one dimension.
inline bool Counts(const Request& request, const Key& key) { return key.size != 0 && !request.ignored; }

}  // namespace socklog

#endif  // SOCKLOG_REQUEST_H_
