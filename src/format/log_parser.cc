#include "format/log_parser.h"

namespace socklog {
namespace {

class BlockParser : public LogParser {
 public:
  explicit BlockParser(std::unique_ptr<LineParser> parser) : parser_(std::move(parser)) {}

  void Parse(const Block& block, BlockCursor* cursor, LogBatch* batch) override {
    batch->entries.clear();
    batch->malformed.clear();
    if (block.too_long) {
      RefuseLongLine(block, cursor, batch);
    } else {
      parser_->ParseLines(block, cursor, batch);
    }
  }

  std::string_view chosen() const override { return parser_->chosen(); }
  Status Restore(std::string_view chosen) override { return parser_->Restore(chosen); }

 private:
  // What is kept of a line that was too long is the whole block.
  static void RefuseLongLine(const Block& block, BlockCursor* cursor, LogBatch* batch) {
    const std::string_view rest = block.text.view().substr(cursor->offset);
    if (rest.empty()) return;
    const std::size_t size = rest.size() - (rest.back() == '\n' ? 1 : 0);
    batch->malformed.push_back(
        {cursor->line, cursor->offset, static_cast<std::uint32_t>(size), "the line is longer than 1 MiB"});
    cursor->offset += static_cast<std::uint32_t>(rest.size());
    ++cursor->line;
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
