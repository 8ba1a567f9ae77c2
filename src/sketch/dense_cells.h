// Cells by the ids of a dictionary, packed so that those of many keys fit a processor's cache.
#ifndef SOCKLOG_SKETCH_DENSE_CELLS_H_
#define SOCKLOG_SKETCH_DENSE_CELLS_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "base/huge_pages.h"
#include "base/prefetch.h"
#include "sketch/key_dictionary.h"
#include "socklog/cell.h"
#include "socklog/request.h"

namespace socklog {

// Nearly every request only adds to `requests` and `errors`: these two share one word, which stands beside the key if
// the dictionary has a column to give, and else in an array. The other counters are in a second array, of which nothing
// is read or written for keys that never needed them. Thread-compatible, together with the dictionary.
class DenseCells {
 public:
  // What a counter holds at the most; the caller sees to it that none gets beyond.
  static constexpr std::uint64_t kMostRequests = 0x7fffffff;

  // `dictionary` is borrowed.
  explicit DenseCells(KeyDictionary* dictionary) : dictionary_(*dictionary), column_(dictionary->TakeColumn()) {}
  ~DenseCells() {
    if (is_beside_keys()) dictionary_.GiveColumn(column_);
  }
  DenseCells(const DenseCells&) = delete;
  DenseCells& operator=(const DenseCells&) = delete;

  bool is_beside_keys() const { return column_ < KeyDictionary::kColumns; }

  // Whether there is more to count than `requests` and `errors`.
  static bool NeedsOthers(std::uint64_t outcome) { return (outcome & ~kOutcomeError) != 0; }
  // What Add or cell() will need, but for the dictionary's key.
  void Prefetch(std::uint32_t id, std::uint8_t outcome = 0) const {
    if (!is_beside_keys() && id < words_.size()) PrefetchLineToWrite(&words_[id]);
    if (NeedsOthers(outcome) && id < others_.size()) PrefetchLineToWrite(&others_[id]);
  }
  // What cell() will need besides; looks at what Prefetch has fetched.
  void PrefetchOthers(std::uint32_t id) const {
    if ((word(id) & kHasOthers) != 0) PrefetchLine(&others_[id]);
  }
  // Whether a request was added to it. REQUIRES, here and below: the dictionary has that id
  bool has(std::uint32_t id) const { return word(id) != 0; }
  // One request. Returns whether it is the first one. `outcome`: OutcomeBits, as wide as what they are added to: GCC 12
  // put a byte on the stack and read eight from there, which waits until all writes before are done.
  bool Add(std::uint32_t id, std::uint64_t outcome) {
    if (!is_beside_keys() && id >= words_.size()) [[unlikely]]
      Grow(&words_);
    std::uint64_t& word = mutable_word(id);
    const bool first = word == 0;
    if (NeedsOthers(outcome)) AddOthers(id, outcome);  // there may be no memory for it: then nothing is counted
    word += OneRequest(outcome);
    return first;
  }
  // Add for some requests, those at the front: up to the first one that counts and has not the key of ids[i], or has
  // more to count than `requests` and `errors`. Writes the ids of keys whose first request it was to *first_ones and
  // moves that on; behind them there must be room for one more. Returns how many came before. `outcomes`: those that
  // are counted.
  [[gnu::noinline]] std::size_t AddHeld(std::span<const Request> requests, std::size_t dimension,
                                        const std::uint32_t* ids, std::uint64_t outcomes, std::uint32_t** first_ones) {
    if (!is_beside_keys() && words_.size() < dictionary_.size()) Grow(&words_);
    std::uint32_t* end = *first_ones;
    const std::size_t added = dictionary_.VisitHeld(
        requests, dimension, ids, [this, &end, outcomes](const Request& request, std::uint32_t id) {
          const std::uint64_t outcome = request.outcome & outcomes;
          if (NeedsOthers(outcome)) return false;
          std::uint64_t& word = mutable_word(id);
          *end = id;
          end += word == 0 ? 1 : 0;  // without a branch: which key is new to a window can hardly be predicted
          word += OneRequest(outcome);
          return true;
        });
    *first_ones = end;
    return added;
  }
  Cell cell(std::uint32_t id) const {
    Cell cell;
    const std::uint64_t word = this->word(id);
    cell.requests = word & kMostRequests;
    cell.errors = (word >> 32) & kMostRequests;
    if ((word & kHasOthers) != 0) {
      const Others& others = others_[id];
      cell.server_errors = others[0];
      cell.throttled = others[1];
      cell.auth_failures = others[2];
      cell.not_found = others[3];
    }
    return cell;
  }
  void Clear(std::uint32_t id) {
    if (!has(id)) return;  // there was no memory to add to it
    if ((word(id) & kHasOthers) != 0) others_[id] = {};
    mutable_word(id) = 0;
  }
  // Follows the dictionary, which has given the key `from` the smaller number `to` (KeyDictionary::Keep).
  void Move(std::uint32_t from, std::uint32_t to) {
    if (from == to) return;
    if (!is_beside_keys()) words_[to] = std::exchange(words_[from], 0);
    if ((word(to) & kHasOthers) != 0) others_[to] = std::exchange(others_[from], {});
  }

  static constexpr std::size_t kBytesPerId = sizeof(std::uint64_t) + 4 * sizeof(std::uint32_t);

 private:
  using Others = std::array<std::uint32_t, 4>;  // server_errors, throttled, auth_failures, not_found
  static constexpr std::uint64_t kHasOthers = std::uint64_t{1} << 63;

  static_assert(kOutcomeError == 1);

  std::uint64_t word(std::uint32_t id) const {
    if (is_beside_keys()) return std::as_const(dictionary_).word(id, column_);
    return id < words_.size() ? words_[id] : 0;
  }
  std::uint64_t& mutable_word(std::uint32_t id) {
    return is_beside_keys() ? dictionary_.word(id, column_) : words_[id];
  }
  // To hold all ids that there are, and some more.
  template <typename Array>
  void Grow(Array* array) {
    const std::size_t size =
        std::min<std::size_t>(dictionary_.max_ids(), std::max<std::size_t>(256, 2 * dictionary_.size()));
    array->reserve(size);  // no more than that
    array->resize(size);
  }
  [[gnu::noinline]] void AddOthers(std::uint32_t id, std::uint64_t outcome) {
    if (id >= others_.size()) Grow(&others_);
    mutable_word(id) |= kHasOthers;
    Others& others = others_[id];
    others[0] += (outcome & kOutcomeServerError) != 0;
    others[1] += (outcome & kOutcomeThrottled) != 0;
    others[2] += (outcome & kOutcomeAuthFailure) != 0;
    others[3] += (outcome & kOutcomeNotFound) != 0;
  }

  static std::uint64_t OneRequest(std::uint64_t outcome) { return 1 + ((outcome & kOutcomeError) << 32); }

  KeyDictionary& dictionary_;
  const std::size_t column_;
  // requests in the lower half of a word, errors and kHasOthers in the upper one
  HugePageVector<std::uint64_t> words_;  // empty where they are beside the keys
  HugePageVector<Others> others_;        // empty until somebody needs it
};

}  // namespace socklog

#endif  // SOCKLOG_SKETCH_DENSE_CELLS_H_
