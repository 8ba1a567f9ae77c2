#if defined(__x86_64__)

#include "format/scan/kernel_list.h"
#include "format/scan/lines.h"
#include "format/scan/simd_sse2.h"
#include "format/scan/structure_finder.h"

namespace socklog {

const ScanKernel kScanSse2 = {"sse2", StructureFinder<Sse2>::Find, LineScanner<Sse2>::Scan};

}  // namespace socklog

#endif  // __x86_64__
