// Where the counts of open windows are kept.
#ifndef SOCKLOG_WINDOW_PANE_POOL_H_
#define SOCKLOG_WINDOW_PANE_POOL_H_

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "sketch/key_table.h"
#include "socklog/cell.h"
#include "socklog/request.h"
#include "window/window_shape.h"

namespace socklog {

// What one slide's length of time knows of one partition. Thread-compatible, together with all panes of its pool.
struct Pane {
  std::array<std::uint64_t, kOutcomes> outcomes{};                // requests by outcome, of all that are not ignored
  std::array<std::unique_ptr<KeyTable>, kDimensionCount> tables;  // null where no metric asks

  void Count(std::span<const Request> requests);
  // The same. ids->ids[d][first + i] are those of requests[i].
  void Count(std::span<const Request> requests, const LookedUpIds& ids, std::size_t first);
  Cell Total() const;
  void Clear();               // keeps memory, as KeyTable::Clear
  bool IsBesideKeys() const;  // KeyTable::is_beside_keys

 private:
  void CountOutcomes(std::span<const Request> requests);
};

// All panes of a run, and the dictionaries that their tables share. Panes that were used are used again, so that the
// steady state allocates no tables; free ones are at most as many as there were in use. A dictionary is searched for
// keys that no table counts when it has grown by a sixteenth of its room, or was full. Thread-compatible.
class PanePool {
 public:
  // `shape` is borrowed.
  explicit PanePool(const WindowShape& shape);

  // An empty pane, valid until it is given back. Makes keys invalid that tables of other panes named.
  Pane* Take();
  void Give(Pane* pane);

  // Looks up the keys of the first LookedUpIds::kMost requests, or of as many as there are, and fetches what it takes
  // to count them; and some of what the next call will need. `pane`: the one where they are most likely counted, or
  // nullptr. Returns how many it looked up.
  std::size_t LookUp(std::span<const Request> requests, const Pane* pane, LookedUpIds* ids) const;

 private:
  std::unique_ptr<Pane> MakePane();

  const WindowShape& shape_;
  std::array<std::unique_ptr<KeyDictionary>, kDimensionCount> dictionaries_;  // null as in Pane
  std::array<std::size_t, kDimensionCount> next_look_{};  // from which size on a dictionary is searched for unused keys
  SpareSpaceSavings spare_;
  std::vector<std::unique_ptr<Pane>> panes_;  // those in use and the free ones
  std::vector<Pane*> free_;
  std::vector<KeyTable*> tables_;  // of one dimension; a member so as to keep its memory
};

}  // namespace socklog

#endif  // SOCKLOG_WINDOW_PANE_POOL_H_
