#include "base/line_splitter.h"

#include <cstring>

namespace socklog {

void LineSplitter::Begin() {
  line_position_ = next_position_;
  line_position_started_ = true;
  too_long_ = false;
  partial_.clear();
}

void LineSplitter::Append(std::string_view bytes) {
  const std::size_t room = kMaxLineBytes - partial_.size();
  if (bytes.size() > room) {
    too_long_ = true;
    bytes = bytes.substr(0, room);
  }
  partial_.append(bytes);
}

void LineSplitter::Emit(Block* block) {
  block->lines.push_back({static_cast<std::uint32_t>(block->text.size()), static_cast<std::uint32_t>(partial_.size()),
                          line_position_, too_long_});
  block->text.append(partial_);
  line_position_started_ = false;
}

void LineSplitter::Add(std::string_view bytes, Block* block) {
  while (!bytes.empty()) {
    const void* newline = std::memchr(bytes.data(), '\n', bytes.size());
    const std::size_t size =
        newline ? static_cast<std::size_t>(static_cast<const char*>(newline) - bytes.data()) : bytes.size();
    const bool whole = newline && !line_position_started_ && size <= kMaxLineBytes;
    if (whole) {  // the usual case: no copy through partial_
      block->lines.push_back(
          {static_cast<std::uint32_t>(block->text.size()), static_cast<std::uint32_t>(size), next_position_, false});
      block->text.append(bytes.data(), size);
    } else {
      if (!line_position_started_) Begin();
      Append(bytes.substr(0, size));
      if (newline) Emit(block);
    }
    const std::size_t taken = size + (newline ? 1 : 0);
    next_position_ += taken;
    bytes.remove_prefix(taken);
  }
}

void LineSplitter::Finish(Block* block) {
  if (line_position_started_) Emit(block);
}

}  // namespace socklog
