// The value of a record as lines.
#ifndef SOCKLOG_TRANSPORT_KAFKA_RECORD_TEXT_H_
#define SOCKLOG_TRANSPORT_KAFKA_RECORD_TEXT_H_

#include <cstdint>
#include <string_view>

#include "socklog/log_entry.h"

namespace socklog {

// The lines of one record after the other, into blocks. A value is text of one or several lines; the last needs no
// newline. So an empty value is one empty line, and a null one (a tombstone) is none. Thread-compatible.
class RecordText {
 public:
  // The next record; its bytes must stay until done(). `skip`: bytes of its text that are left out, a number of whole
  // lines.
  void Start(const char* data, std::size_t size, std::uint64_t skip);
  bool done() const { return rest_.empty() && !lacks_newline_; }
  // Bytes of the record's text, its last newline included.
  static std::uint64_t TextSize(const char* data, std::size_t size);

  // Appends lines to block->text, all there are of a record up to kMaxLineBytes; of a larger one until there are
  // kReadBytes, and a line that is longer than kMaxLineBytes comes alone, cut, in a block of its own. Returns how many
  // bytes of text were taken; 0: hand out the block first.
  std::uint64_t AppendTo(Block* block);

 private:
  std::uint64_t AppendLines(Block* block);

  std::string_view rest_;
  bool lacks_newline_ = false;  // of the last line, which is not taken yet
};

}  // namespace socklog

#endif  // SOCKLOG_TRANSPORT_KAFKA_RECORD_TEXT_H_
