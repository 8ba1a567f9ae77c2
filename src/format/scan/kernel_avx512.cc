#if defined(__x86_64__)

#include "format/scan/kernel_list.h"
#include "format/scan/simd_avx512.h"
#include "format/scan/stages.h"

namespace socklog {

const ScanKernel kScanAvx512 = {"avx512", kTextStages<Avx512>, kJsonStages<Avx512>};

}  // namespace socklog

#endif  // __x86_64__
