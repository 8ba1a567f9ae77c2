// The kernels, one for each instruction set.
#ifndef SOCKLOG_FORMAT_SCAN_KERNEL_LIST_H_
#define SOCKLOG_FORMAT_SCAN_KERNEL_LIST_H_

#include "format/scan/kernel.h"

namespace socklog {

#if defined(__x86_64__)
extern const ScanKernel kScanAvx512;
extern const ScanKernel kScanAvx2;
extern const ScanKernel kScanSse2;
#elif defined(__aarch64__)
extern const ScanKernel kScanNeon;
#endif
extern const ScanKernel kScanNone;

}  // namespace socklog

#endif  // SOCKLOG_FORMAT_SCAN_KERNEL_LIST_H_
