#if defined(__x86_64__)

#include "format/scan/kernel_list.h"
#include "format/scan/simd_sse2.h"
#include "format/scan/stages.h"

namespace socklog {

const ScanKernel kScanSse2 = {"sse2", kTextStages<Sse2>, kJsonStages<Sse2>};

}  // namespace socklog

#endif  // __x86_64__
