#include "key_streams.h"

#include "sketch/shard.h"

namespace socklog::testing {

std::string ShardKey(std::uint64_t number) {
  std::uint64_t at = 0;
  for (std::uint64_t found = 0;; ++at) {
    if (Hash64("k" + std::to_string(at)) >> 58 == 0 && found++ == number) return "k" + std::to_string(at);
  }
}

std::string RandomKey(Stream stream, SplitMix64* random) {
  static const std::vector<std::string> one_shard = [] {
    std::vector<std::string> keys;
    for (std::uint64_t i = 0; i < 40; ++i) keys.push_back(ShardKey(i));
    return keys;
  }();
  const std::uint64_t skewed = random->Below(1 + random->Below(1 + random->Below(3000)));
  switch (stream) {
    case Stream::kFew:
      return "/" + std::to_string(random->Below(50));
    case Stream::kSkewed:
      return "/" + std::to_string(skewed);
    case Stream::kAllDistinct:
      return std::to_string(random->Next());
    case Stream::kLongKeys:
      return std::to_string(skewed) + std::string(kLargestKey - 8, 'x');
    case Stream::kMixedLengths:
      return std::string(random->Below(3) == 0 ? kLargestKey - 8 : random->Below(20), 'y') + std::to_string(skewed);
    case Stream::kOneShard:
      return one_shard[random->Below(one_shard.size())];
  }
  return {};
}

}  // namespace socklog::testing
