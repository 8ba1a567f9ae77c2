// How far behind their partition's maximum lines come: to tell which --lateness would have kept them.
#ifndef SOCKLOG_WINDOW_LATENESS_HISTOGRAM_H_
#define SOCKLOG_WINDOW_LATENESS_HISTOGRAM_H_

#include <array>
#include <cstdint>

#include "base/snapshot.h"
#include "socklog/time.h"

namespace socklog {

// Exact to a second below 64 s, to 1/32 beyond. Fixed size. Thread-compatible.
class LatenessHistogram {
 public:
  // `behind`: the partition's maximum minus the line's time, not negative.
  void Add(Micros behind);
  // So many lines that were not behind.
  void AddNotBehind(std::uint64_t lines) {
    counts_[0] += lines;
    total_ += lines;
  }
  // The smallest lateness, in whole seconds, that keeps at least `share` (0..1) of the lines added. 0 when there are
  // none.
  Micros Quantile(double share) const;

  void Encode(SnapshotWriter* out) const;
  void Decode(SnapshotReader* in);

 private:
  static constexpr std::size_t kBuckets = 1024;
  static std::size_t BucketOf(std::uint64_t seconds);
  static std::uint64_t LargestOf(std::size_t bucket);

  std::array<std::uint64_t, kBuckets> counts_{};
  std::uint64_t total_ = 0;
};

}  // namespace socklog

#endif  // SOCKLOG_WINDOW_LATENESS_HISTOGRAM_H_
