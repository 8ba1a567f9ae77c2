#include "format/scan/scanner.h"

#include <algorithm>
#include <cstring>

namespace socklog {
namespace {

// The bytes up to the last newline.
std::size_t WholeLines(std::string_view text) {
  const void* const newline = memrchr(text.data(), '\n', text.size());
  return newline == nullptr ? 0 : static_cast<std::size_t>(static_cast<const char*>(newline) - text.data()) + 1;
}

}  // namespace

Scanner::Scanner(const ScanPlan& plan, const ScanKernel& kernel, const FormatContext& context)
    : stages_(kernel.text),
      plan_(&plan),
      shapes_(nullptr),
      builder_(context.zone, context.request.fields),
      stamp_(MakeStampCache(plan.stamp)) {}

Scanner::Scanner(JsonShapes* shapes, const ScanKernel& kernel, const FormatContext& context)
    : stages_(kernel.json), plan_(nullptr), shapes_(shapes), builder_(context.zone, context.request.fields) {}

void Scanner::ParseLines(const Block& block, LineParser* reference, BlockCursor* cursor, LogBatch* batch) {
  if (index_ == nullptr) index_ = std::make_unique<StructuralIndex>();
  std::size_t count = batch->entries.size();
  while (cursor->offset < block.text.size() && count + batch->malformed.size() < LogBatch::kMaxLines) {
    if (ParseChunk(block, reference, cursor, batch, &count)) continue;
    batch->entries.ResizeForOverwrite(count + 1);
    LogEntry* entry = &batch->entries[count];
    ParseMisfit(block, reference, cursor, batch, &entry);
    count = static_cast<std::size_t>(entry - batch->entries.data());
  }
  batch->entries.ResizeForOverwrite(count);
}

bool Scanner::ParseChunk(const Block& block, LineParser* reference, BlockCursor* cursor, LogBatch* batch,
                         std::size_t* count) {
  const std::size_t room = LogBatch::kMaxLines - *count - batch->malformed.size();
  const std::uint32_t first_line = cursor->line;
  const std::string_view left = block.text.view().substr(cursor->offset, StructuralIndex::kChunk);
  std::size_t size = WholeLines(left.substr(0, (room + 1) * line_bytes_));
  if (size == 0) size = WholeLines(left);
  if (size == 0) return false;
  stages_.index(left.data(), size, index_.get());

  batch->entries.ResizeForOverwrite(*count + room);
  ScanJob job;
  job.chunk = left.data();
  job.chunk_size = static_cast<std::uint32_t>(size);
  job.chunk_offset = cursor->offset;
  job.plan = plan_;
  if (plan_ != nullptr) {
    job.steps = plan_->steps.data();
    job.steps_end = job.steps + plan_->steps.size();
  }
  job.shapes = shapes_;
  job.line = cursor->line;
  job.mark = index_->marks.get();
  job.quote = index_->quotes.get();
  job.newline = index_->newlines.get();
  job.odd = index_->odd.get();
  job.entry = batch->entries.data() + *count;
  job.entries_end = batch->entries.data() + batch->entries.size();
  job.batch = batch;
  job.builder = &builder_;
  job.stamp = stamp_;
  while (!stages_.scan(&job)) {
    *cursor = {job.chunk_offset + job.line_start, job.line};
    const LogEntry* const before = job.entry;
    ParseMisfit(block, reference, cursor, batch, &job.entry);
    if (job.entry == before) --job.entries_end;  // a malformed line has no entry, but counts
    job.line_start = cursor->offset - job.chunk_offset;
    job.line = cursor->line;
  }
  stamp_ = job.stamp;
  line_bytes_ = std::max<std::size_t>(64, job.line_start / (job.line - first_line));
  *cursor = {job.chunk_offset + job.line_start, job.line};
  *count = static_cast<std::size_t>(job.entry - batch->entries.data());
  return true;
}

void Scanner::ParseMisfit(const Block& block, LineParser* reference, BlockCursor* cursor, LogBatch* batch,
                          LogEntry** entry) {
  **entry = LogEntry();
  if (reference->ParseMisfit(block, cursor, *entry, batch)) ++*entry;
}

}  // namespace socklog
