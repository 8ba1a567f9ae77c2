#include "generate/outcomes.h"

#include <algorithm>
#include <cmath>

namespace socklog {

StatusMix::StatusMix(const std::vector<std::pair<int, double>>& weights) {
  double total = 0;
  for (const auto& [status, weight] : weights) total += weight;
  double end = 0;
  for (const auto& [status, weight] : weights) {
    if (weight == 0) continue;
    end += weight / total;
    statuses_.emplace_back(status, end);
  }
}

int StatusMix::Pick(double random) const {
  for (const auto& [status, end] : statuses_) {
    if (random < end) return status;
  }
  return statuses_.back().first;  // the ends may add up to a little less than 1
}

bool ErrorDeck::Draw(double rate, double random, SplitMix64* shuffle) {
  if (cards_ == 0) {
    cards_ = std::max(kMinDeck, std::ceil(1 / rate));
    failures_ = std::min(cards_, std::floor(cards_ * rate + shuffle->NextDouble()));
  }
  const bool fails = random * cards_ < failures_;
  cards_ -= 1;
  if (fails) failures_ -= 1;
  return fails;
}

}  // namespace socklog
