#include "format/log_parser.h"

namespace socklog {
namespace {

// A line as the formats see it: without what an editor or another system puts around it.
std::string_view Trim(std::string_view line) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  while (!line.empty() && (line.back() == '\r' || line.back() == ' ' || line.back() == '\t')) line.remove_suffix(1);
  if (!line.empty() && line.front() == kByteOrderMark.front() && line.substr(0, 3) == kByteOrderMark)
    line.remove_prefix(3);
  return line;
}

class BlockParser : public LogParser {
 public:
  explicit BlockParser(std::unique_ptr<LineParser> parser) : parser_(std::move(parser)) {}

  void Parse(const Block& block, LogBatch* batch) override {
    batch->clear();
    for (std::size_t i = 0; i < block.lines.size(); ++i) {
      const auto number = static_cast<std::uint32_t>(i);
      LogEntry& entry = batch->entries.emplace_back();
      const char* reason = ParseLine(block, i, &entry, batch);
      if (reason == nullptr) {
        entry.line = number;
      } else {
        batch->entries.pop_back();
        batch->malformed.push_back({number, reason});
      }
    }
  }

  std::string_view chosen() const override { return parser_->chosen(); }
  Status Restore(std::string_view chosen) override { return parser_->Restore(chosen); }

 private:
  const char* ParseLine(const Block& block, std::size_t i, LogEntry* entry, LogBatch* batch) {
    if (block.lines[i].too_long) return "the line is longer than 1 MiB";
    const std::string_view line = Trim(block.line(i));
    if (line.empty()) return "the line is empty";
    return parser_->Parse(line, entry, batch);
  }

  std::unique_ptr<LineParser> parser_;
};

class BlockFormat : public LogFormat {
 public:
  explicit BlockFormat(std::unique_ptr<LineFormat> format) : format_(std::move(format)) {}
  std::unique_ptr<LogParser> NewParser() const override { return std::make_unique<BlockParser>(format_->NewParser()); }

 private:
  const std::unique_ptr<LineFormat> format_;
};

}  // namespace

std::unique_ptr<LogFormat> MakeBlockFormat(std::unique_ptr<LineFormat> format) {
  return std::make_unique<BlockFormat>(std::move(format));
}

}  // namespace socklog
