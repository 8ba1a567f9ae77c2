#if defined(__aarch64__)

#include "format/scan/kernel_list.h"
#include "format/scan/simd_neon.h"
#include "format/scan/stages.h"

namespace socklog {

const ScanKernel kScanNeon = {"neon", kTextStages<Neon>, kJsonStages<Neon>};

}  // namespace socklog

#endif  // __aarch64__
