#include "base/snapshot.h"

#include <bit>

namespace socklog {

void SnapshotWriter::U32(std::uint32_t value) {
  for (int i = 0; i < 4; ++i) bytes_ += static_cast<char>(value >> (8 * i));
}

void SnapshotWriter::U64(std::uint64_t value) {
  for (int i = 0; i < 8; ++i) bytes_ += static_cast<char>(value >> (8 * i));
}

void SnapshotWriter::Double(double value) { U64(std::bit_cast<std::uint64_t>(value)); }

void SnapshotWriter::String(std::string_view bytes) {
  U64(bytes.size());
  bytes_.append(bytes);
}

void SnapshotReader::Fail() {
  ok_ = false;
  rest_ = {};
}

std::string_view SnapshotReader::Take(std::size_t n) {
  if (n > rest_.size()) {
    Fail();
    return {};
  }
  const std::string_view taken = rest_.substr(0, n);
  rest_.remove_prefix(n);
  return taken;
}

std::uint32_t SnapshotReader::U32() {
  std::uint32_t value = 0;
  int shift = 0;
  for (const char c : Take(4)) {
    value |= static_cast<std::uint32_t>(static_cast<unsigned char>(c)) << shift;
    shift += 8;
  }
  return value;
}

std::uint64_t SnapshotReader::U64() {
  std::uint64_t value = 0;
  int shift = 0;
  for (const char c : Take(8)) {
    value |= static_cast<std::uint64_t>(static_cast<unsigned char>(c)) << shift;
    shift += 8;
  }
  return value;
}

Micros SnapshotReader::Time() {
  constexpr Micros kFarthest = 30'000 * 365 * kDay;
  const auto time = static_cast<Micros>(U64());
  if (time == kNoTime || (time >= -kFarthest && time <= kFarthest)) return time;
  Fail();
  return 0;
}

double SnapshotReader::Double() { return std::bit_cast<double>(U64()); }

std::string SnapshotReader::String() {
  const std::uint64_t size = U64();
  return std::string(Take(size));
}

std::uint64_t SnapshotReader::Count(std::size_t element_bytes) {
  const std::uint64_t count = U64();
  if (count > rest_.size() / element_bytes) {
    Fail();
    return 0;
  }
  return count;
}

}  // namespace socklog
