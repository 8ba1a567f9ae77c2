#include "window/lateness_histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace socklog {
namespace {

constexpr std::uint64_t kExact = 64;  // one bucket a second below
constexpr int kSubBits = 5;           // 32 buckets for each power of two beyond

}  // namespace

std::size_t LatenessHistogram::BucketOf(std::uint64_t seconds) {
  if (seconds < kExact) return seconds;
  const int exponent = static_cast<int>(std::bit_width(seconds)) - 1;
  const std::uint64_t sub = (seconds >> (exponent - kSubBits)) & ((1u << kSubBits) - 1);
  const std::size_t bucket = kExact + (static_cast<std::size_t>(exponent - 6) << kSubBits) + sub;
  return std::min(bucket, kBuckets - 1);
}

std::uint64_t LatenessHistogram::LargestOf(std::size_t bucket) {
  if (bucket < kExact) return bucket;
  const std::size_t beyond = bucket - kExact;
  const int exponent = static_cast<int>(beyond >> kSubBits) + 6;
  const std::uint64_t sub = beyond & ((1u << kSubBits) - 1);
  return (((std::uint64_t{1} << kSubBits) + sub + 1) << (exponent - kSubBits)) - 1;
}

void LatenessHistogram::Add(Micros behind) {
  const auto seconds = static_cast<std::uint64_t>((std::max<Micros>(behind, 0) + kSecond - 1) / kSecond);
  ++counts_[BucketOf(seconds)];
  ++total_;
}

Micros LatenessHistogram::Quantile(double share) const {
  const auto wanted = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(total_)));
  std::uint64_t sum = 0;
  for (std::size_t bucket = 0; bucket < kBuckets; ++bucket) {
    sum += counts_[bucket];
    if (sum >= wanted) return static_cast<Micros>(LargestOf(bucket)) * kSecond;
  }
  return 0;
}

void LatenessHistogram::Encode(SnapshotWriter* out) const {
  const auto used = static_cast<std::uint32_t>(
      std::count_if(counts_.begin(), counts_.end(), [](std::uint64_t count) { return count != 0; }));
  out->U32(used);
  for (std::uint32_t bucket = 0; bucket < kBuckets; ++bucket) {
    if (counts_[bucket] == 0) continue;
    out->U32(bucket);
    out->U64(counts_[bucket]);
  }
}

void LatenessHistogram::Decode(SnapshotReader* in) {
  *this = LatenessHistogram();
  const std::uint32_t used = in->U32();
  for (std::uint32_t i = 0; i < used && in->ok(); ++i) {
    const std::uint32_t bucket = in->U32();
    const std::uint64_t count = in->U64();
    if (bucket >= kBuckets) return in->Fail();
    counts_[bucket] = count;
    total_ += count;
  }
}

}  // namespace socklog
