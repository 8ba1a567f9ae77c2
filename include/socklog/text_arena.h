// Memory for short texts that are dropped all at once.
#ifndef SOCKLOG_TEXT_ARENA_H_
#define SOCKLOG_TEXT_ARENA_H_

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace socklog {

// Texts stay where they are until Clear, which keeps the memory for the next ones. kPadding bytes behind each may be
// read. Thread-compatible.
class TextArena {
 public:
  static constexpr std::size_t kPadding = 64;

  // `size` bytes, not cleared. The kPadding bytes behind them may be written to until the next text.
  char* Allocate(std::size_t size) {
    if (size > left_) NextChunk(size);
    char* bytes = free_;
    free_ += size;
    left_ -= size;
    return bytes;
  }
  std::string_view Add(std::string_view text) {
    if (text.empty()) return {};
    char* bytes = Allocate(text.size());
    std::memcpy(bytes, text.data(), text.size());
    return {bytes, text.size()};
  }

  void Clear() {
    next_ = 0;
    left_ = 0;
  }

 private:
  // Of the first chunk; those after it are larger and larger. There may be thousands of arenas that hold a few texts.
  static constexpr std::size_t kFirstChunk = std::size_t{2} << 10;
  static constexpr std::size_t kLargestChunk = std::size_t{64} << 10;

  struct Chunk {
    std::unique_ptr<char[]> bytes;
    std::size_t size = 0;
  };

  void NextChunk(std::size_t size) {
    while (next_ < chunks_.size() && chunks_[next_].size < size) ++next_;
    if (next_ == chunks_.size()) {
      const std::size_t doubled = chunks_.empty() ? kFirstChunk : 2 * chunks_.back().size;
      const std::size_t chunk_size = std::max(size, std::min(doubled, kLargestChunk));
      chunks_.push_back({std::make_unique<char[]>(chunk_size + kPadding), chunk_size});
    }
    free_ = chunks_[next_].bytes.get();
    left_ = chunks_[next_].size;
    ++next_;
  }

  std::vector<Chunk> chunks_;
  std::size_t next_ = 0;  // chunk
  char* free_ = nullptr;
  std::size_t left_ = 0;
};

}  // namespace socklog

#endif  // SOCKLOG_TEXT_ARENA_H_
