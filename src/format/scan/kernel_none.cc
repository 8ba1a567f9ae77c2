#include "format/scan/kernel_list.h"
#include "format/scan/lines.h"
#include "format/scan/simd_none.h"
#include "format/scan/structure_finder.h"

namespace socklog {

const ScanKernel kScanNone = {"none", StructureFinder<NoSimd>::Find, LineScanner<NoSimd>::Scan};

}  // namespace socklog
