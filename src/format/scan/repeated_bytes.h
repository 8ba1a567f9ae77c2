// Constants for whole registers.
#ifndef SOCKLOG_FORMAT_SCAN_REPEATED_BYTES_H_
#define SOCKLOG_FORMAT_SCAN_REPEATED_BYTES_H_

namespace socklog {

// Each byte 32 times, to be loaded where a register is to be full of one. Its definition is elsewhere so that the
// compiler does not see what is in it: of a constant that it knows, GCC makes a register in three steps, again for each
// line. It is data, not code, so that all kernels (lines.h) may share it.
struct RepeatedBytes {
  alignas(32) char of[256][32];
};
extern const RepeatedBytes kRepeated;

}  // namespace socklog

#endif  // SOCKLOG_FORMAT_SCAN_REPEATED_BYTES_H_
