// A list that is filled and emptied again and again.
#ifndef SOCKLOG_REUSED_VECTOR_H_
#define SOCKLOG_REUSED_VECTOR_H_

#include <cstddef>
#include <vector>

namespace socklog {

// A vector that keeps the elements behind its end, so that growing again need not clear them. Thread-compatible.
template <typename T>
class ReusedVector {
 public:
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  T* data() { return elements_.data(); }
  T& operator[](std::size_t i) { return elements_[i]; }
  const T& operator[](std::size_t i) const { return elements_[i]; }
  const T* begin() const { return elements_.data(); }
  const T* end() const { return elements_.data() + size_; }
  const T& back() const { return elements_[size_ - 1]; }

  T& emplace_back() {
    ResizeForOverwrite(size_ + 1);
    return elements_[size_ - 1] = T();
  }
  void push_back(const T& element) { emplace_back() = element; }
  void pop_back() { --size_; }
  void clear() { size_ = 0; }
  // Elements beyond the present size hold anything.
  void ResizeForOverwrite(std::size_t size) {
    if (size > elements_.size()) elements_.resize(size);
    size_ = size;
  }

 private:
  std::vector<T> elements_;
  std::size_t size_ = 0;
};

}  // namespace socklog

#endif  // SOCKLOG_REUSED_VECTOR_H_
