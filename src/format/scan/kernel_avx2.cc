#if defined(__x86_64__)

#include "format/scan/kernel_list.h"
#include "format/scan/lines.h"
#include "format/scan/simd_avx2.h"
#include "format/scan/structure_finder.h"

namespace socklog {

const ScanKernel kScanAvx2 = {"avx2", StructureFinder<Avx2>::Find, LineScanner<Avx2>::Scan};

}  // namespace socklog

#endif  // __x86_64__
