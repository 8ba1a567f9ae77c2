// What a kernel is made of; included by one source for each instruction set.
#ifndef SOCKLOG_FORMAT_SCAN_STAGES_H_
#define SOCKLOG_FORMAT_SCAN_STAGES_H_

#include "format/scan/json_lines.h"
#include "format/scan/kernel.h"
#include "format/scan/lines.h"
#include "format/scan/structure_finder.h"

namespace socklog {
namespace {

template <typename Simd>
constexpr ScanStages kTextStages = {StructureFinder<Simd>::FindText, LineScanner<Simd>::Scan};
template <typename Simd>
constexpr ScanStages kJsonStages = {StructureFinder<Simd>::FindJson, JsonLineScanner<Simd>::Scan};

}  // namespace
}  // namespace socklog

#endif  // SOCKLOG_FORMAT_SCAN_STAGES_H_
