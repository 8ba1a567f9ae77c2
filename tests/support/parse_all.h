// Reads a whole block with a parser, which gives a batch at a time.
#ifndef SOCKLOG_TESTS_SUPPORT_PARSE_ALL_H_
#define SOCKLOG_TESTS_SUPPORT_PARSE_ALL_H_

#include <utility>

#include "format/format.h"

namespace socklog {

// All batches of the block as one. The lines' texts live as long as the block and the batch.
inline LogBatch ParseAll(LogParser& parser, const Block& block) {
  LogBatch all, batch;
  for (BlockCursor cursor; cursor.offset < block.text.size();) {
    parser.Parse(block, &cursor, &batch);
    for (const LogEntry& entry : batch.entries) all.entries.push_back(entry);
    all.malformed.insert(all.malformed.end(), batch.malformed.begin(), batch.malformed.end());
  }
  all.decoded = std::move(batch.decoded);
  return all;
}

}  // namespace socklog

#endif  // SOCKLOG_TESTS_SUPPORT_PARSE_ALL_H_
