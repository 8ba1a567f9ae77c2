#include "generate/popularity.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <utility>

namespace socklog {
namespace {

__extension__ using Uint128 = unsigned __int128;

constexpr std::uint64_t kUnit = std::uint64_t{1}
                                << 36;  // weight of rank 1; sums of 10 million ranks stay far below 2^64

// As many parts as slots or more, but at most 4 MiB of them.
constexpr int kMaxPartBits = 20;

// Of the `size` most popular ranks, the one whose weight is nearest to their mean. Chance would make or break the whole
// share there: rank 1 alone may have a tenth of all requests.
std::uint32_t TypicalRank(std::uint32_t size) {
  std::uint64_t sum = kUnit;
  for (std::uint32_t i = 1; i < size; ++i) sum += kUnit / (i + 1);
  return static_cast<std::uint32_t>((kUnit * size + sum / 2) / sum) - 1;
}

}  // namespace

Popularity::Popularity(std::uint32_t count, unsigned zipf_percent, SplitMix64* shuffle) {
  if (shuffle != nullptr) {
    items_.resize(count);
    std::iota(items_.begin(), items_.end(), 0u);
    for (std::uint32_t i = count; i > 1; --i) std::swap(items_[i - 1], items_[shuffle->Below(i)]);
  }
  std::uint64_t zipf_total = kUnit;
  for (std::uint32_t i = 1; i < count; ++i) zipf_total += kUnit / (i + 1);
  end_.reserve(count - 1);
  std::uint64_t zipf_sum = 0;
  for (std::uint32_t slot = 0; slot + 1 < count; ++slot) {
    zipf_sum += kUnit / (std::uint64_t{shuffle == nullptr ? slot : items_[slot]} + 1);
    const auto zipf = static_cast<std::uint64_t>((static_cast<Uint128>(zipf_sum) << 64) / zipf_total / 100);
    const auto uniform = static_cast<std::uint64_t>((static_cast<Uint128>(slot + 1) << 64) / count / 100);
    end_.push_back(zipf * zipf_percent + uniform * (100 - zipf_percent));
  }
  const int part_bits = std::min(static_cast<int>(std::bit_width(count)), kMaxPartBits);
  part_shift_ = 64 - part_bits;
  first_.resize(std::size_t{1} << part_bits);
  std::uint32_t slot = 0;
  for (std::uint64_t part = 0; part < first_.size(); ++part) {
    while (slot < end_.size() && end_[slot] <= part << part_shift_) ++slot;
    first_[part] = slot;
  }
}

std::uint32_t Popularity::Pick(std::uint64_t random) const {
  std::uint32_t slot = first_[random >> part_shift_];
  while (slot < end_.size() && end_[slot] <= random) ++slot;
  return items_.empty() ? slot : items_[slot];
}

std::vector<bool> ChooseStratified(std::uint32_t count, std::uint32_t chosen, SplitMix64* random) {
  std::vector<bool> is_chosen(count, false);
  if (chosen == 0) return is_chosen;
  is_chosen[TypicalRank(count / chosen)] = true;
  for (std::uint64_t stratum = 1; stratum < chosen; ++stratum) {
    const std::uint64_t first = stratum * count / chosen;
    const std::uint64_t end = (stratum + 1) * count / chosen;
    is_chosen[first + random->Below(end - first)] = true;
  }
  return is_chosen;
}

}  // namespace socklog
