// The encoding of saved state: little-endian, length-prefixed, with a check sum. Each module encodes its own part with
// these; src/pipeline/run_state.h joins the parts.
#ifndef SOCKLOG_BASE_SNAPSHOT_H_
#define SOCKLOG_BASE_SNAPSHOT_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "socklog/time.h"

namespace socklog {

// Appends values to a string. Thread-compatible.
class SnapshotWriter {
 public:
  void U32(std::uint32_t value);
  void U64(std::uint64_t value);
  void I64(std::int64_t value) { U64(static_cast<std::uint64_t>(value)); }
  void Time(Micros time) { I64(time); }
  void Double(double value);
  void Bool(bool value) { U32(value ? 1 : 0); }
  void String(std::string_view bytes);  // length, then bytes

  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

// Reads what SnapshotWriter wrote. Damaged input never crashes or allocates more than the input's size: the first read
// beyond the end, or Fail(), clears ok() and every later read gives zero. Thread-compatible.
class SnapshotReader {
 public:
  explicit SnapshotReader(std::string_view bytes) : rest_(bytes) {}

  std::uint32_t U32();
  std::uint64_t U64();
  // kNoTime, or within 30,000 years of 1970, so that sums of a few do not overflow; anything else is damage.
  Micros Time();
  double Double();
  bool Bool() { return U32() != 0; }
  std::string String();
  // A number of elements of at least `element_bytes` each that follow; 0 and !ok() if they cannot be there.
  std::uint64_t Count(std::size_t element_bytes);

  // For a caller who read a value that cannot be.
  void Fail();

  bool ok() const { return ok_; }
  bool at_end() const { return rest_.empty(); }

 private:
  std::string_view Take(std::size_t n);

  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace socklog

#endif  // SOCKLOG_BASE_SNAPSHOT_H_
