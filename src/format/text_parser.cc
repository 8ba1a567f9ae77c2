// Lines of a pasted format string.
#include <optional>
#include <utility>

#include "format/bind.h"
#include "format/diagnose.h"
#include "format/expression.h"
#include "format/line_parser.h"
#include "format/quoted_line.h"
#include "format/scan/scanner.h"

namespace socklog {
namespace {

struct Definition {
  std::string name;
  Template format;
  LineExpression expression;
  FormatContext context;
  std::optional<ScanPlan> plan;
};

class TextParser : public LineParser {
 public:
  explicit TextParser(const Definition& definition)
      : definition_(definition),
        builder_(definition.context.zone, definition.context.request.fields),
        values_(definition.expression.rules.size()) {
    if (definition.plan && definition.context.kernel != nullptr)
      scanner_.emplace(*definition.plan, *definition.context.kernel, definition.context);
  }

  const char* Parse(std::string_view line, LogEntry* entry, LogBatch* batch) override {
    if (definition_.expression.Match(line, &values_)) return Build(entry, batch);
    const char* misfit = nullptr;
    if (ParseSlowly(line, entry, batch, &misfit)) {
      entry->slow_path = true;
      return nullptr;
    }
    if (misfit == EntryBuilder::kNoDuration) return misfit;
    const char* reason = Diagnose(definition_.format, line, definition_.context.zone, false);
    return reason != nullptr ? reason : "the line does not fit the format";
  }

  void ParseLines(const Block& block, BlockCursor* cursor, LogBatch* batch) override {
    if (!scanner_) return LineParser::ParseLines(block, cursor, batch);
    scanner_->ParseLines(block, this, cursor, batch);
  }

  std::string_view chosen() const override { return definition_.name; }

 private:
  const char* Build(LogEntry* entry, LogBatch* batch) {
    builder_.Begin(definition_.format.escape, entry, batch);
    for (std::size_t i = 0; i < values_.size(); ++i) {
      for (const FieldRule& rule : definition_.expression.rules[i]) {
        if (const char* reason = builder_.Set(rule, values_[i]); reason != nullptr) return reason;
      }
    }
    return builder_.Finish();
  }

  // *misfit becomes what is wrong with a line that the expression takes all the same.
  bool ParseSlowly(std::string_view line, LogEntry* entry, LogBatch* batch, const char** misfit) {
    const auto builds = [&] {
      const char* reason = Build(entry, batch);
      if (reason != nullptr) *misfit = reason;
      return reason == nullptr;
    };
    if (definition_.expression.MatchWide(line, &values_)) return builds();
    return TryUnquoted(line, batch, [&](std::string_view inner) {
      return (definition_.expression.Match(inner, &values_) || definition_.expression.MatchWide(inner, &values_)) &&
             builds();
    });
  }

  const Definition& definition_;
  EntryBuilder builder_;
  std::vector<std::string_view> values_;
  std::optional<Scanner> scanner_;
};

class TextFormat : public LineFormat {
 public:
  explicit TextFormat(Definition definition) : definition_(std::move(definition)) {}
  std::unique_ptr<LineParser> NewParser() const override { return std::make_unique<TextParser>(definition_); }

 private:
  const Definition definition_;
};

}  // namespace

LineFormatResult MakeTextFormat(const FormatContext& context, std::string name, Template format) {
  Result<Bindings> bindings = BindFields(format, context.request);
  if (!bindings.ok()) return bindings.status();
  std::optional<ScanPlan> plan = MakeScanPlan(format, bindings.value(), context.request.fields);
  Result<LineExpression> expression = MakeLineExpression(format, std::move(bindings).value());
  if (!expression.ok()) return expression.status();
  return std::unique_ptr<LineFormat>(std::make_unique<TextFormat>(
      Definition{std::move(name), std::move(format), std::move(expression).value(), context, std::move(plan)}));
}

}  // namespace socklog
