#if defined(__x86_64__)

#include "format/scan/kernel_list.h"
#include "format/scan/lines.h"
#include "format/scan/simd_avx512.h"
#include "format/scan/structure_finder.h"

namespace socklog {

const ScanKernel kScanAvx512 = {"avx512", StructureFinder<Avx512>::Find, LineScanner<Avx512>::Scan};

}  // namespace socklog

#endif  // __x86_64__
