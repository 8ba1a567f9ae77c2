#include "format/scan/kernel_list.h"
#include "format/scan/lines.h"
#include "format/scan/simd_sse2.h"

namespace socklog {

const ScanKernel kScanSse2 = {"sse2", StructureFinder<Sse2>::Find, LineScanner<Sse2>::Scan};

}  // namespace socklog
