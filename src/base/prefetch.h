// Asks for memory before it is needed.
#ifndef SOCKLOG_BASE_PREFETCH_H_
#define SOCKLOG_BASE_PREFETCH_H_

namespace socklog {

// The cache line at `p`, which may be any address. GCC 12 takes a function that does nothing but prefetch for pure and
// removes calls of it; one with a volatile statement, even an empty one, it keeps.
inline void PrefetchLine(const void* p) {
  __builtin_prefetch(p);
  asm volatile("");
}
// The same, of what will be written to.
inline void PrefetchLineToWrite(const void* p) {
  __builtin_prefetch(p, 1);
  asm volatile("");
}

}  // namespace socklog

#endif  // SOCKLOG_BASE_PREFETCH_H_
