// Cuts a stream of bytes that arrives in arbitrary pieces into the lines of a Block.
#ifndef SOCKLOG_BASE_LINE_SPLITTER_H_
#define SOCKLOG_BASE_LINE_SPLITTER_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "socklog/log_entry.h"

namespace socklog {

// Holds the unfinished last line between calls; the lines that come out do not depend on how the bytes were cut.
// Thread-compatible.
class LineSplitter {
 public:
  // `position`: of the first byte that will be added.
  explicit LineSplitter(std::uint64_t position = 0) : next_position_(position) {}

  // Appends to *block the lines that `bytes` completes.
  void Add(std::string_view bytes, Block* block);

  // The stream has ended: what is left is a line without newline. Appends it to *block, if there is one.
  void Finish(Block* block);

 private:
  void Begin();
  void Append(std::string_view bytes);
  void Emit(Block* block);

  std::string partial_;              // at most kMaxLineBytes of the unfinished line
  std::uint64_t next_position_;      // of the next byte to come
  std::uint64_t line_position_ = 0;  // of the unfinished line's first byte
  bool line_position_started_ = false;
  bool too_long_ = false;
};

}  // namespace socklog

#endif  // SOCKLOG_BASE_LINE_SPLITTER_H_
