// Memory for large tables that are looked up all over.
#ifndef SOCKLOG_BASE_HUGE_PAGES_H_
#define SOCKLOG_BASE_HUGE_PAGES_H_

#include <algorithm>
#include <cstddef>
#include <new>
#include <vector>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace socklog {

// Asks the kernel for pages of 2 MiB where an array has room for them: a processor knows the addresses of some thousand
// pages, and each look-up beyond them waits for one more. Stateless and thread-safe.
template <typename T>
class HugePageAllocator {
 public:
  using value_type = T;

  HugePageAllocator() = default;
  template <typename U>
  HugePageAllocator(const HugePageAllocator<U>&) {}  // NOLINT(google-explicit-constructor): allocators convert

  T* allocate(std::size_t count) {
    const std::size_t bytes = count * sizeof(T);
    void* const memory = ::operator new(bytes, AlignmentOf(bytes));
#ifdef __linux__
    // The rest behind the last whole one stays in small pages. It is advice: what comes of it is no error.
    if (bytes >= kHugePage) (void)madvise(memory, bytes / kHugePage * kHugePage, MADV_HUGEPAGE);
#endif
    return static_cast<T*>(memory);
  }
  void deallocate(T* memory, std::size_t count) { ::operator delete(memory, AlignmentOf(count * sizeof(T))); }

  friend bool operator==(const HugePageAllocator&, const HugePageAllocator&) { return true; }

 private:
  static constexpr std::size_t kHugePage = std::size_t{2} << 20;

  static std::align_val_t AlignmentOf(std::size_t bytes) {
    return std::align_val_t{bytes >= kHugePage ? kHugePage : std::max(alignof(T), alignof(std::max_align_t))};
  }
};

template <typename T>
using HugePageVector = std::vector<T, HugePageAllocator<T>>;

}  // namespace socklog

#endif  // SOCKLOG_BASE_HUGE_PAGES_H_
