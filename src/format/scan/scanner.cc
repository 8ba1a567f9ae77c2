#include "format/scan/scanner.h"

#include <algorithm>

namespace socklog {

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
  const std::size_t left = block.text.size() - cursor->offset;
  ScanJob job;
  job.chunk = block.text.data() + cursor->offset;
  job.chunk_offset = cursor->offset;
  std::size_t size = std::min({StructuralIndex::kChunk, left, (room + 1) * line_bytes_});
  stages_.index(job.chunk, size, index_.get());
  if (index_->newline_count == 0) {
    size = std::min(StructuralIndex::kChunk, left);
    stages_.index(job.chunk, size, index_.get());
    if (index_->newline_count == 0) return false;
  }
  line_bytes_ = std::max<std::size_t>(64, size / index_->newline_count);

  batch->entries.ResizeForOverwrite(*count + std::min(room, index_->newline_count));
  job.plan = plan_;
  if (plan_ != nullptr) {
    job.steps = plan_->steps.data();
    job.steps_end = job.steps + plan_->steps.size();
  }
  job.shapes = shapes_;
  job.line = cursor->line;
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
    ++job.newline;
  }
  stamp_ = job.stamp;
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
