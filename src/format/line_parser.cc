#include "format/line_parser.h"

#include <algorithm>
#include <cstring>

namespace socklog {

std::string_view TrimLine(std::string_view line) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  const auto is_blank = [](char c) { return c == '\r' || c == ' ' || c == '\t' || c == '\n'; };
  while (!line.empty() && is_blank(line.back())) line.remove_suffix(1);
  if (!line.empty() && line.front() == kByteOrderMark.front() && line.substr(0, 3) == kByteOrderMark)
    line.remove_prefix(3);
  return line;
}

std::string_view LineAt(const Block& block, std::uint32_t offset) {
  const char* begin = block.text.data() + offset;
  const std::size_t rest = block.text.size() - offset;
  const void* end = std::memchr(begin, '\n', rest);
  return {begin, end == nullptr ? rest : static_cast<std::size_t>(static_cast<const char*>(end) - begin)};
}

bool LineParser::ParseNextLine(const Block& block, BlockCursor* cursor, LogEntry* entry, LogBatch* batch) {
  const std::string_view raw = LineAt(block, cursor->offset);
  const BlockCursor at = *cursor;
  const auto size = static_cast<std::uint32_t>(raw.size());
  cursor->offset = std::min(at.offset + size + 1, static_cast<std::uint32_t>(block.text.size()));
  cursor->line = at.line + 1;
  const std::string_view line = TrimLine(raw);
  const char* reason = line.empty() ? "the line is empty" : Parse(line, entry, batch);
  if (reason != nullptr) {
    batch->malformed.push_back({at.line, at.offset, size, reason});
    return false;
  }
  entry->line = at.line;
  entry->offset = at.offset;
  entry->size = size;
  return true;
}

void LineParser::ParseLines(const Block& block, BlockCursor* cursor, LogBatch* batch) {
  while (HasNextLine(block, *cursor, *batch)) {
    if (!ParseNextLine(block, cursor, &batch->entries.emplace_back(), batch)) batch->entries.pop_back();
  }
}

bool LineParser::ParseMisfit(const Block& block, BlockCursor* cursor, LogEntry* entry, LogBatch* batch) {
  if (!ParseNextLine(block, cursor, entry, batch)) return false;
  entry->slow_path = true;
  return true;
}

Status LineParser::Restore(std::string_view chosen) {
  if (chosen.empty() || chosen == this->chosen()) return {};
  return Status::Usage("the saved log format '" + std::string(chosen) + "' is not the one that was asked for");
}

}  // namespace socklog
