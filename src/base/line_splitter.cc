#include "base/line_splitter.h"

#include <cstring>
#include <string_view>

namespace socklog {

bool LineSplitter::Begin(Block* block) {
  block->clear();
  block->position = position_;
  block->text.Append(kept_);
  const bool whole = kept_.find('\n') != std::string::npos;
  kept_.clear();
  return whole;
}

void LineSplitter::Cut(Block* block) {
  std::size_t first = block->text.view().find('\n');
  if (skips_line_) {
    if (!SkipTo(first, block)) return;
    first = block->text.view().find('\n');
  }
  if (first == std::string_view::npos) {
    KeepLongLine(block);
    KeepFrom(0, block);
  } else if (first + cut_off_ > kMaxLineBytes) {
    EndLongLine(first, block);
  } else {
    KeepFrom(block->text.view().rfind('\n') + 1, block);
  }
}

void LineSplitter::Finish(Block* block) {
  Begin(block);
  if (!block->text.empty() && block->text.view().back() != '\n') block->text.Append("\n");
  Cut(block);
}

// Drops what belongs to a line that is known. False: all of it, and more of it may come.
bool LineSplitter::SkipTo(std::size_t newline, Block* block) {
  const bool found = newline != std::string_view::npos;
  const std::string rest(found ? block->text.view().substr(newline + 1) : std::string_view());
  position_ += block->text.size() - rest.size();
  block->position = position_;
  block->text.clear();
  block->text.Append(rest);
  skips_line_ = !found;
  return found;
}

void LineSplitter::KeepLongLine(Block* block) {
  if (block->text.size() <= kMaxLineBytes) return;
  cut_off_ += block->text.size() - kMaxLineBytes;
  block->text.Truncate(kMaxLineBytes);
}

// The block's first line is too long: it is all there is in the block, and what follows waits for the next one.
void LineSplitter::EndLongLine(std::size_t newline, Block* block) {
  kept_.assign(block->text.view().substr(newline + 1));
  position_ += newline + cut_off_ + 1;
  cut_off_ = 0;
  block->text.Truncate(kMaxLineBytes);
  block->text.Append("\n");
  block->too_long = true;
}

// Leaves the first `size` bytes in the block.
void LineSplitter::KeepFrom(std::size_t size, Block* block) {
  kept_.assign(block->text.view().substr(size));
  position_ += size;
  block->text.Truncate(size);
}

}  // namespace socklog
