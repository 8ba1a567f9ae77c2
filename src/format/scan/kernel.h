// The two stages of the scanner, compiled once for each instruction set.
#ifndef SOCKLOG_FORMAT_SCAN_KERNEL_H_
#define SOCKLOG_FORMAT_SCAN_KERNEL_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "format/entry_builder.h"
#include "format/scan/json_shape.h"
#include "format/scan/plan.h"
#include "socklog/log_entry.h"

namespace socklog {

// Where the bytes are that tell the structure of a chunk of whole lines, counted from its first byte. Text has one list
// of all of them, JSON has three. Those of marks and quotes have kEndMarks more at their end, so that a line's can be
// looked up without care.
struct StructuralIndex {
  // Bytes of a chunk. Longer lines are left to the reference parser.
  static constexpr std::size_t kChunk = std::size_t{16} << 10;
  static constexpr std::uint16_t kNone = 0xFFFF;
  static constexpr std::size_t kEndMarks = 256;
  // Stage 1 writes up to 64 positions beyond the last one.
  static constexpr std::size_t kCapacity = kChunk + kEndMarks;

  // Of text: quotes, newlines and backslashes. At the end, the last newline again and again.
  std::unique_ptr<std::uint16_t[]> marks{new std::uint16_t[kCapacity]};
  // Of JSON: quotes, newlines, and whatever else is not plain (base/byte_scan.h). At the end, kNone.
  std::unique_ptr<std::uint16_t[]> quotes{new std::uint16_t[kCapacity]};
  std::unique_ptr<std::uint16_t[]> newlines{new std::uint16_t[kCapacity]};
  std::unique_ptr<std::uint16_t[]> odd{new std::uint16_t[kCapacity]};
};

// Stage 2's state: where it is in the index, and what it writes.
struct ScanJob {
  const ScanPlan* plan = nullptr;   // of text
  const ScanStep* steps = nullptr;  // plan->steps
  const ScanStep* steps_end = nullptr;
  JsonShapes* shapes = nullptr;  // of JSON
  const char* chunk = nullptr;
  std::uint32_t chunk_size = 0;
  std::uint32_t chunk_offset = 0;  // in the block's text
  std::uint32_t line_start = 0;    // in the chunk
  std::uint32_t line = 0;          // its number in the block
  // In the lists of the index, at that line or before it: `mark` for text, the others for JSON.
  const std::uint16_t* mark = nullptr;
  const std::uint16_t* quote = nullptr;
  const std::uint16_t* newline = nullptr;
  const std::uint16_t* odd = nullptr;
  // The quotes of a line of text that has other marks, too, and its newline.
  static constexpr std::size_t kMostQuotes = StructuralIndex::kEndMarks;
  std::uint16_t quotes[kMostQuotes + 1];

  LogEntry* entry = nullptr;  // of which the old contents do not matter, up to entries_end
  LogEntry* entries_end = nullptr;
  LogBatch* batch = nullptr;
  EntryBuilder* builder = nullptr;
  StampCache stamp;  // of text
};

// Both stages for one kind of lines.
struct ScanStages {
  // Stage 1. REQUIRES: 0 < size <= kChunk; it ends with a newline; 64 bytes before and after it are readable
  void (*index)(const char* chunk, std::size_t size, StructuralIndex* index);
  // Stage 2. Reads lines until there is no entry or no line left, or a line does not fit: then returns false, with
  // the job at that line and *job->entry in any state.
  bool (*scan)(ScanJob* job);
};

struct ScanKernel {
  const char* name;
  ScanStages text, json;
};

// The best that this processor can run.
const ScanKernel& BestScanKernel();
// All that it can run.
std::vector<const ScanKernel*> ScanKernels();

// For kernels, what is seldom needed. The stamp at `text`, which is not like the cached one: fills the entry's time and
// the cache. Returns its end, at most `limit`; nullptr if it does not fit.
const char* ReadNewStamp(const ScanStep& step, const char* text, const char* limit, ScanJob* job);
// Applies step.rules; false if the value does not fit them.
bool SetRules(const ScanStep& step, std::string_view value, EntryBuilder* builder);
// Sets a field of a JSON line as EntryBuilder does; a stamp is remembered. False if the value does not fit it.
bool SetJsonField(const JsonField& field, std::string_view value, JsonShape* shape, ScanJob* job);

}  // namespace socklog

#endif  // SOCKLOG_FORMAT_SCAN_KERNEL_H_
