// Which requests fail, and how.
#ifndef SOCKLOG_GENERATE_OUTCOMES_H_
#define SOCKLOG_GENERATE_OUTCOMES_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "base/hash.h"

namespace socklog {

// Draws statuses in the proportion of their weights. Immutable, thread-safe.
class StatusMix {
 public:
  // REQUIRES: at least one weight above 0, none below
  explicit StatusMix(const std::vector<std::pair<int, double>>& weights);
  // `random`: uniform in [0, 1).
  int Pick(double random) const;

 private:
  std::vector<std::pair<int, double>> statuses_;  // with the end of each one's part of [0, 1)
};

// Decides the failures of one error user. Each request fails with the given probability, but not independently: as with
// shuffled cards, of every `kMinDeck` or more requests in a row the expected number fails, so that even a rare user
// shows its rate. Thread-compatible.
class ErrorDeck {
 public:
  // Whether the next request fails. `random`: uniform in [0, 1), one per request; `shuffle` is used once a deck.
  bool Draw(double rate, double random, SplitMix64* shuffle);

 private:
  static constexpr double kMinDeck = 20;

  double cards_ = 0;     // left in the deck
  double failures_ = 0;  // among them
};

}  // namespace socklog

#endif  // SOCKLOG_GENERATE_OUTCOMES_H_
