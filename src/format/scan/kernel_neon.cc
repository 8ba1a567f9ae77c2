#if defined(__aarch64__)

#include "format/scan/kernel_list.h"
#include "format/scan/lines.h"
#include "format/scan/simd_neon.h"
#include "format/scan/structure_finder.h"

namespace socklog {

const ScanKernel kScanNeon = {"neon", StructureFinder<Neon>::Find, LineScanner<Neon>::Scan};

}  // namespace socklog

#endif  // __aarch64__
