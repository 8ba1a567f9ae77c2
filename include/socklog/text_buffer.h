// Bytes with room around them, so that code which looks at 64 bytes at a time needs no care at the ends.
#ifndef SOCKLOG_TEXT_BUFFER_H_
#define SOCKLOG_TEXT_BUFFER_H_

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

namespace socklog {

// A string that only grows at its end and does not clear what it grows by. kPadding bytes before data() and after
// data() + size() may be read (never written); what they hold is unspecified. Movable; Thread-compatible.
class TextBuffer {
 public:
  static constexpr std::size_t kPadding = 64;

  TextBuffer() = default;
  TextBuffer(TextBuffer&& other) noexcept { Swap(other); }
  TextBuffer& operator=(TextBuffer&& other) noexcept {
    Swap(other);
    return *this;
  }

  // REQUIRES: Room or Append was called once.
  const char* data() const { return bytes_.get() + kPadding; }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  std::string_view view() const { return size_ == 0 ? std::string_view() : std::string_view(data(), size_); }

  // Where at least `size` bytes may be written; they become part of the text by Grow. Valid until the next call of
  // Room or Append.
  char* Room(std::size_t size) {
    if (size_ + size > capacity_) Reserve(std::max(size_ + size, 2 * capacity_));
    return bytes_.get() + kPadding + size_;
  }
  // REQUIRES: size is at most what Room was asked for.
  void Grow(std::size_t size) {
    size_ += size;
    std::memset(bytes_.get() + kPadding + size_, 0, kPadding);
  }
  void Append(std::string_view text) {
    if (text.empty()) return;
    std::memcpy(Room(text.size()), text.data(), text.size());
    Grow(text.size());
  }
  // Keeps the first `size` bytes. REQUIRES: size <= size()
  void Truncate(std::size_t size) { size_ = size; }
  void clear() { size_ = 0; }

  void Swap(TextBuffer& other) noexcept {
    std::swap(bytes_, other.bytes_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
  }

 private:
  // Memory that is not written to costs nothing yet: there may be thousands of these, of which most hold little.
  void Reserve(std::size_t capacity) {
    auto bytes = std::make_unique_for_overwrite<char[]>(capacity + 2 * kPadding);
    std::memset(bytes.get(), 0, kPadding);
    if (size_ > 0) std::memcpy(bytes.get() + kPadding, data(), size_);
    bytes_ = std::move(bytes);
    capacity_ = capacity;
  }

  std::unique_ptr<char[]> bytes_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace socklog

#endif  // SOCKLOG_TEXT_BUFFER_H_
