#include "transport/kafka/record_text.h"

#include <algorithm>
#include <cstring>

#include "transport/plain_text_reader.h"

namespace socklog {

std::uint64_t RecordText::TextSize(const char* data, std::size_t size) {
  if (data == nullptr) return 0;
  return size + (size == 0 || data[size - 1] != '\n' ? 1 : 0);
}

void RecordText::Start(const char* data, std::size_t size, std::uint64_t skip) {
  rest_ = data == nullptr ? std::string_view() : std::string_view(data, size);
  lacks_newline_ = TextSize(data, size) > size;
  if (skip > size) lacks_newline_ = false;
  rest_.remove_prefix(static_cast<std::size_t>(std::min<std::uint64_t>(skip, size)));
}

std::uint64_t RecordText::AppendTo(Block* block) {
  if (rest_.size() > kMaxLineBytes) return AppendLines(block);
  const std::size_t size = rest_.size() + (lacks_newline_ ? 1 : 0);
  char* const to = block->text.Room(size);
  std::memcpy(to, rest_.data(), rest_.size());
  if (lacks_newline_) to[rest_.size()] = '\n';
  block->text.Grow(size);
  rest_ = {};
  lacks_newline_ = false;
  return size;
}

// A record so large that a line of it may be too long.
std::uint64_t RecordText::AppendLines(Block* block) {
  std::uint64_t taken = 0;
  while (!done()) {
    const std::size_t newline = rest_.find('\n');
    const std::size_t length = std::min(newline, rest_.size());
    const bool too_long = length > kMaxLineBytes;
    if (too_long && !block->text.empty()) return taken;
    block->text.Append(rest_.substr(0, std::min(length, kMaxLineBytes)));
    block->text.Append("\n");
    taken += length + 1;
    rest_.remove_prefix(std::min(length + 1, rest_.size()));
    if (rest_.empty() && newline == std::string_view::npos) lacks_newline_ = false;
    block->too_long = too_long;
    if (too_long || block->text.size() >= kReadBytes) return taken;
  }
  return taken;
}

}  // namespace socklog
