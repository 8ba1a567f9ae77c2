// Cuts a stream of bytes that arrives in arbitrary pieces into blocks of whole lines.
#ifndef SOCKLOG_BASE_LINE_SPLITTER_H_
#define SOCKLOG_BASE_LINE_SPLITTER_H_

#include <cstdint>
#include <string>

#include "socklog/log_entry.h"

namespace socklog {

// Holds what is behind the last newline from block to block, so that bytes are read straight into blocks. The lines
// that come out, and which of them are too long, do not depend on how the bytes were cut. Thread-compatible.
//
// For each block: Begin, then whatever the stream gives is appended to block->text, then Cut. At the end of the stream
// Finish instead, again and again until the block stays empty.
class LineSplitter {
 public:
  // `position`: of the first byte that will come.
  explicit LineSplitter(std::uint64_t position = 0) : position_(position) {}

  // What comes up to the first newline belongs to a line that is known already. REQUIRES: nothing came yet.
  void SkipLine() { skips_line_ = true; }

  // Replaces the block by the unfinished line. True: it holds a whole line already, so there is no need to read; Cut.
  bool Begin(Block* block);

  // Leaves the whole lines in the block and keeps the rest. The block is empty if there is no whole line.
  // REQUIRES: at most kMaxLineBytes were appended since Begin.
  void Cut(Block* block);

  // The stream has ended: replaces the block by what is left, a line without newline, which gets one.
  void Finish(Block* block);

 private:
  bool SkipTo(std::size_t newline, Block* block);
  void KeepLongLine(Block* block);
  void EndLongLine(std::size_t newline, Block* block);
  void KeepFrom(std::size_t size, Block* block);

  std::string kept_;           // behind the last newline; more only behind a line that was too long
  std::uint64_t position_;     // of its first byte
  std::uint64_t cut_off_ = 0;  // bytes of the unfinished line beyond kMaxLineBytes, not kept
  bool skips_line_ = false;
};

}  // namespace socklog

#endif  // SOCKLOG_BASE_LINE_SPLITTER_H_
