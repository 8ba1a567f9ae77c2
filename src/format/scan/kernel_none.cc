#include "format/scan/kernel_list.h"
#include "format/scan/simd_none.h"
#include "format/scan/stages.h"

namespace socklog {

const ScanKernel kScanNone = {"none", kTextStages<NoSimd>, kJsonStages<NoSimd>};

}  // namespace socklog
