#include "support/plain_format.h"

#include <charconv>

#include "base/text.h"

namespace socklog::testing {
namespace {

std::string_view TakeWord(std::string_view* text) {
  const std::string_view word = text->substr(0, text->find(' '));
  text->remove_prefix(std::min(text->size(), word.size() + 1));
  return word;
}

class PlainParser : public LogParser {
 public:
  void Parse(const Block& block, BlockCursor* cursor, LogBatch* batch) override {
    batch->entries.clear();
    batch->malformed.clear();
    const std::string_view text = block.text.view();
    while (cursor->offset < text.size() && batch->entries.size() + batch->malformed.size() < LogBatch::kMaxLines) {
      const auto size = static_cast<std::uint32_t>(text.find('\n', cursor->offset) - cursor->offset);
      ParseLine(text.substr(cursor->offset, size), *cursor, size, batch);
      cursor->offset += size + 1;
      ++cursor->line;
    }
  }

  std::string_view chosen() const override { return chosen_ ? "plain" : ""; }

  Status Restore(std::string_view chosen) override {
    if (chosen != "plain") return Status::Usage("no plain format");
    chosen_ = true;
    return {};
  }

 private:
  void ParseLine(std::string_view line, const BlockCursor& cursor, std::uint32_t size, LogBatch* batch) {
    LogEntry entry;
    const std::string_view time = TakeWord(&line);
    const auto [end, error] = std::from_chars(time.data(), time.data() + time.size(), entry.time);
    const std::optional<std::uint64_t> status = ParseUnsigned(TakeWord(&line));
    entry.target = TakeWord(&line);
    entry.user = TakeWord(&line);
    if (error != std::errc() || end != time.data() + time.size() || !status || *status > 599 || entry.target.empty() ||
        !line.empty()) {
      batch->malformed.push_back({cursor.line, cursor.offset, size, "not plain"});
      return;
    }
    entry.slow_path = entry.target.starts_with("/slow");
    entry.status = static_cast<std::uint16_t>(*status);
    entry.method = "GET";
    entry.line = cursor.line;
    entry.offset = cursor.offset;
    entry.size = size;
    batch->entries.push_back(entry);
    chosen_ = true;
  }

  bool chosen_ = false;
};

}  // namespace

std::unique_ptr<LogParser> PlainFormat::NewParser() const { return std::make_unique<PlainParser>(); }

std::string PlainText(const ModelLine& line) {
  if (line.malformed) return "no log line\n";
  const std::string& user = line.keys[static_cast<std::size_t>(Dimension::kUser)];
  return std::to_string(line.time) + (line.cell.errors > 0 ? " 500 " : " 200 ") +
         (line.ignored ? "/ignored" : line.keys[static_cast<std::size_t>(Dimension::kUrl)]) +
         (user.empty() ? "" : " " + user) + "\n";
}

std::string PlainText(const std::vector<ModelLine>& lines) {
  std::string text;
  for (const ModelLine& line : lines) text += PlainText(line);
  return text;
}

}  // namespace socklog::testing
