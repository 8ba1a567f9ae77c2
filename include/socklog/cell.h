// What one window knows of one key. Cells are plain counters, so merging is adding and the order does not matter.
#ifndef SOCKLOG_CELL_H_
#define SOCKLOG_CELL_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace socklog {

// What a key is. One table of keys, and one look-up per line, for each dimension that some chosen metric asks for.
enum class Dimension : std::uint8_t { kGlobal, kUrl, kUser, kClient };
inline constexpr std::size_t kDimensionCount = 4;
inline constexpr std::string_view kDimensionNames[kDimensionCount] = {"global", "url", "user", "client"};

// Counts of requests, by outcome. A request may be in several counters.
struct Cell {
  std::uint64_t requests = 0;
  std::uint64_t errors = 0;         // status in KeyOptions::errors
  std::uint64_t server_errors = 0;  // 5xx
  std::uint64_t throttled = 0;      // 429 and 503
  std::uint64_t auth_failures = 0;  // 401 and 403
  std::uint64_t not_found = 0;      // 404 and 410

  Cell& operator+=(const Cell& other) {
    requests += other.requests;
    errors += other.errors;
    server_errors += other.server_errors;
    throttled += other.throttled;
    auth_failures += other.auth_failures;
    not_found += other.not_found;
    return *this;
  }
  friend bool operator==(const Cell&, const Cell&) = default;
};

}  // namespace socklog

#endif  // SOCKLOG_CELL_H_
