// Reads blocks with a kernel, and what does not fit with the parser that is the format's reference.
#ifndef SOCKLOG_FORMAT_SCAN_SCANNER_H_
#define SOCKLOG_FORMAT_SCAN_SCANNER_H_

#include <cstdint>
#include <memory>

#include "format/entry_builder.h"
#include "format/line_parser.h"
#include "format/scan/kernel.h"
#include "format/scan/plan.h"

namespace socklog {

// Of one parser. Thread-compatible.
class Scanner {
 public:
  // Lines of text. `plan` must outlive the scanner.
  Scanner(const ScanPlan& plan, const ScanKernel& kernel, const FormatContext& context);
  // Lines of JSON. `shapes` must outlive the scanner; they may change whenever a line does not fit.
  Scanner(JsonShapes* shapes, const ScanKernel& kernel, const FormatContext& context);

  // As LineParser::ParseLines. Lines that do not fit go through reference->ParseMisfit.
  void ParseLines(const Block& block, LineParser* reference, BlockCursor* cursor, LogBatch* batch);

 private:
  // Lines of the chunk that begins at *cursor, into the entries of *batch from `*count` on. False: there is no whole
  // line in it.
  bool ParseChunk(const Block& block, LineParser* reference, BlockCursor* cursor, LogBatch* batch, std::size_t* count);
  static void ParseMisfit(const Block& block, LineParser* reference, BlockCursor* cursor, LogBatch* batch,
                          LogEntry** entry);

  const ScanStages& stages_;
  const ScanPlan* const plan_;  // of text
  JsonShapes* const shapes_;    // of JSON
  EntryBuilder builder_;
  StampCache stamp_;
  std::unique_ptr<StructuralIndex> index_;  // from the first line on
  std::size_t line_bytes_ = 256;            // a guess at the length of the lines to come
};

}  // namespace socklog

#endif  // SOCKLOG_FORMAT_SCAN_SCANNER_H_
