#if defined(__x86_64__)

#include "format/scan/kernel_list.h"
#include "format/scan/simd_avx2.h"
#include "format/scan/stages.h"

namespace socklog {

const ScanKernel kScanAvx2 = {"avx2", kTextStages<Avx2>, kJsonStages<Avx2>};

}  // namespace socklog

#endif  // __x86_64__
