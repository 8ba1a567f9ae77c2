// Who comes often and who comes rarely: Zipf's law, in integers so that every machine agrees.
#ifndef SOCKLOG_GENERATE_POPULARITY_H_
#define SOCKLOG_GENERATE_POPULARITY_H_

#include <cstdint>
#include <vector>

#include "base/hash.h"

namespace socklog {

// Maps random numbers to items 0..n-1 of which item i has rank i. `zipf_percent` of the picks follow Zipf's law (weight
// 1/rank), the others are uniform, so the rarest item still gets at least (100 - zipf_percent) % of the mean and does
// appear. Immutable, thread-safe.
class Popularity {
 public:
  // REQUIRES: count > 0. `shuffle`: lays the items out in random order; picks from an evenly spaced sequence of numbers
  // then do not walk along the ranks.
  Popularity(std::uint32_t count, unsigned zipf_percent, SplitMix64* shuffle);

  // The item that owns the point `random` of [0, 2^64).
  std::uint32_t Pick(std::uint64_t random) const;

 private:
  std::vector<std::uint64_t> end_;    // of each slot but the last, ascending
  std::vector<std::uint32_t> first_;  // of each equal part of [0, 2^64), a power of two of them: the slot it begins in
  int part_shift_ = 0;                // from a point to its part
  std::vector<std::uint32_t> items_;  // by slot; empty: the slot is the item
};

// Chooses `chosen` of the ranks 0..count-1, one from each of `chosen` strata of neighbouring ranks: what is chosen has
// its share of the popular and of the rare. REQUIRES: chosen <= count
std::vector<bool> ChooseStratified(std::uint32_t count, std::uint32_t chosen, SplitMix64* random);

}  // namespace socklog

#endif  // SOCKLOG_GENERATE_POPULARITY_H_
