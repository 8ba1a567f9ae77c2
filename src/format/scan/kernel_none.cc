#include "format/scan/kernel_list.h"
#include "format/scan/lines.h"
#include "format/scan/simd_none.h"

namespace socklog {

const ScanKernel kScanNone = {"none", StructureFinder<NoSimd>::Find, LineScanner<NoSimd>::Scan};

}  // namespace socklog
