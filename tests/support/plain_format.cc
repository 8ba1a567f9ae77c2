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
  void Parse(const Block& block, LogBatch* batch) override {
    batch->clear();
    for (std::size_t i = 0; i < block.lines.size(); ++i) ParseLine(block.line(i), static_cast<std::uint32_t>(i), batch);
  }

  std::string_view chosen() const override { return chosen_ ? "plain" : ""; }

  Status Restore(std::string_view chosen) override {
    if (chosen != "plain") return Status::Usage("no plain format");
    chosen_ = true;
    return {};
  }

 private:
  void ParseLine(std::string_view line, std::uint32_t number, LogBatch* batch) {
    LogEntry entry;
    const std::string_view time = TakeWord(&line);
    const auto [end, error] = std::from_chars(time.data(), time.data() + time.size(), entry.time);
    const std::optional<std::uint64_t> status = ParseUnsigned(TakeWord(&line));
    entry.target = TakeWord(&line);
    entry.user = TakeWord(&line);
    if (error != std::errc() || end != time.data() + time.size() || !status || *status > 599 || entry.target.empty() ||
        !line.empty()) {
      batch->malformed.push_back({number, "not plain"});
      return;
    }
    entry.slow_path = entry.target.starts_with("/slow");
    entry.status = static_cast<std::uint16_t>(*status);
    entry.method = "GET";
    entry.line = number;
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
