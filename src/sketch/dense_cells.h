// Cells in an array by id, packed so that those of many keys fit a processor's cache.
#ifndef SOCKLOG_SKETCH_DENSE_CELLS_H_
#define SOCKLOG_SKETCH_DENSE_CELLS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/prefetch.h"
#include "socklog/cell.h"
#include "socklog/request.h"

namespace socklog {

// Nearly every request only adds to `requests` and `errors`: these two share one word. The other counters are in a
// second array, of which nothing is read or written for keys that never needed them. Thread-compatible.
class DenseCells {
 public:
  // What a counter holds at the most; the caller sees to it that none gets beyond.
  static constexpr std::uint64_t kMostRequests = 0x7fffffff;

  std::size_t size() const { return words_.size(); }
  // Ids below `size` may be used from now on; their cells are empty.
  void Grow(std::size_t size) {
    words_.reserve(size);  // no more than that
    words_.resize(size, 0);
  }

  // What Add or cell() will need.
  void Prefetch(std::uint32_t id, std::uint8_t outcome = 0) const {
    if (id < words_.size()) PrefetchLineToWrite(&words_[id]);
    if ((outcome & ~kOutcomeError) != 0 && id < others_.size()) PrefetchLineToWrite(&others_[id]);
  }
  // Whether a request was added to it. True only for ids below size().
  bool has(std::uint32_t id) const { return id < words_.size() && words_[id] != 0; }
  // One request. REQUIRES: id < size()
  void Add(std::uint32_t id, std::uint8_t outcome) {
    words_[id] += 1 + (static_cast<std::uint64_t>(outcome & kOutcomeError) << 32);
    if ((outcome & ~kOutcomeError) != 0) AddOthers(id, outcome);
  }
  Cell cell(std::uint32_t id) const {
    Cell cell;
    cell.requests = words_[id] & kMostRequests;
    cell.errors = (words_[id] >> 32) & kMostRequests;
    if ((words_[id] & kHasOthers) != 0) {
      const Others& others = others_[id];
      cell.server_errors = others[0];
      cell.throttled = others[1];
      cell.auth_failures = others[2];
      cell.not_found = others[3];
    }
    return cell;
  }
  void Clear(std::uint32_t id) {
    if ((words_[id] & kHasOthers) != 0) others_[id] = {};
    words_[id] = 0;
  }
  // Moves a cell to an empty place. REQUIRES: to <= from
  void Move(std::uint32_t from, std::uint32_t to) {
    if (from == to) return;
    words_[to] = words_[from];
    if ((words_[from] & kHasOthers) != 0) others_[to] = others_[from];
    Clear(from);
  }

  static constexpr std::size_t kBytesPerId = sizeof(std::uint64_t) + 4 * sizeof(std::uint32_t);

 private:
  using Others = std::array<std::uint32_t, 4>;  // server_errors, throttled, auth_failures, not_found
  static constexpr std::uint64_t kHasOthers = std::uint64_t{1} << 63;

  static_assert(kOutcomeError == 1);

  void AddOthers(std::uint32_t id, std::uint8_t outcome) {
    if (others_.size() < words_.size()) {
      others_.reserve(words_.size());
      others_.resize(words_.size());
    }
    words_[id] |= kHasOthers;
    Others& others = others_[id];
    others[0] += (outcome & kOutcomeServerError) != 0;
    others[1] += (outcome & kOutcomeThrottled) != 0;
    others[2] += (outcome & kOutcomeAuthFailure) != 0;
    others[3] += (outcome & kOutcomeNotFound) != 0;
  }

  std::vector<std::uint64_t> words_;  // requests in the lower half, errors and kHasOthers in the upper one
  std::vector<Others> others_;        // shorter than words_ until somebody needs it
};

}  // namespace socklog

#endif  // SOCKLOG_SKETCH_DENSE_CELLS_H_
