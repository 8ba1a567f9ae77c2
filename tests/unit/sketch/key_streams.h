// Streams of keys that strain a table in different ways.
#ifndef SOCKLOG_TESTS_UNIT_SKETCH_KEY_STREAMS_H_
#define SOCKLOG_TESTS_UNIT_SKETCH_KEY_STREAMS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "base/hash.h"

namespace socklog::testing {

enum class Stream { kFew, kSkewed, kAllDistinct, kLongKeys, kMixedLengths, kOneShard };
inline const std::vector<Stream> kAllStreams = {Stream::kFew,      Stream::kSkewed,       Stream::kAllDistinct,
                                                Stream::kLongKeys, Stream::kMixedLengths, Stream::kOneShard};

std::string RandomKey(Stream stream, SplitMix64* random);

// Keys of shard 0, different for each number.
std::string ShardKey(std::uint64_t number);

}  // namespace socklog::testing

#endif  // SOCKLOG_TESTS_UNIT_SKETCH_KEY_STREAMS_H_
