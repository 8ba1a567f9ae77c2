// JSON lines, by a map of members to fields.
#include <cstring>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "format/bind.h"
#include "format/json_reader.h"
#include "format/line_parser.h"
#include "format/scan/scanner.h"

namespace socklog {
namespace {

// A member that is read. Slots of JsonReader have the same order.
struct Slot {
  FieldRule rule;
  bool bound = true;  // false: is only looked for to recognise the preset
  bool required = false;
};

struct Definition {
  FormatContext context;
  std::string name;
  bool strict = false;
  std::vector<Slot> slots;
  std::vector<std::vector<std::string>> paths;
  std::string access_logger;  // as in JsonMap; then the member is the reader's slot behind all others
};

// "X-Forwarded-For": as Go servers spell header names.
std::string CanonicalHeader(std::string_view name) {
  std::string canonical = HeaderName(name);
  for (std::size_t i = 0; i < canonical.size(); ++i) {
    const bool start = i == 0 || canonical[i - 1] == '-';
    if (start && canonical[i] >= 'a' && canonical[i] <= 'z') canonical[i] = static_cast<char>(canonical[i] - 'a' + 'A');
  }
  return canonical;
}

// Where the map has the request header `name`; empty if it does not say.
std::vector<std::string> HeaderPaths(const JsonMap& map, const std::string& name) {
  const std::string lower = HeaderName(name);
  for (const JsonMember& member : map.members) {
    const bool named = member.header == lower || (member.rule.field == Field::kAgent && lower == "user-agent") ||
                       (member.rule.field == Field::kReferer && lower == "referer") ||
                       (member.rule.field == Field::kHost && lower == "host");
    if (named) return member.paths;
  }
  if (map.header_prefix.empty()) return {};
  if (map.header_underscores) {
    std::string underscored = lower;
    for (char& c : underscored) c = c == '-' ? '_' : c;
    return {map.header_prefix + underscored};
  }
  return {map.header_prefix + CanonicalHeader(name), map.header_prefix + name, map.header_prefix + lower};
}

class JsonParser : public LineParser {
 public:
  explicit JsonParser(const Definition& definition)
      : d_(definition),
        reader_(definition.paths),
        builder_(definition.context.zone, definition.context.request.fields),
        recognised_(!definition.strict) {
    if (d_.context.kernel != nullptr) scanner_.emplace(&shapes_, *d_.context.kernel, d_.context);
  }

  const char* Parse(std::string_view line, LogEntry* entry, LogBatch* batch) override {
    const char* reason = reader_.Read(line);
    return reason != nullptr ? reason : Build(line, entry, batch);
  }

  void ParseLines(const Block& block, BlockCursor* cursor, LogBatch* batch) override {
    if (!scanner_) return LineParser::ParseLines(block, cursor, batch);
    if (batches_without_scanner_ > 0) {
      --batches_without_scanner_;
      while (HasNextLine(block, *cursor, *batch)) {
        if (!ParseMisfit(block, cursor, &batch->entries.emplace_back(), batch)) batch->entries.pop_back();
      }
      return;
    }
    const std::uint32_t first = cursor->line;
    misfits_ = 0;
    scanner_->ParseLines(block, this, cursor, batch);
    if (misfits_ == cursor->line - first && misfits_ >= kManyMisfits) batches_without_scanner_ = kBatchesWithoutScanner;
  }

  // Not slow for that: Build says what is.
  bool ParseMisfit(const Block& block, BlockCursor* cursor, LogEntry* entry, LogBatch* batch) override {
    ++misfits_;
    if (!ParseNextLine(block, cursor, entry, batch)) return false;
    if (!entry->no_request && shapes_.MayLearn()) Learn(block.Line(entry->offset, entry->size));
    return true;
  }

  std::string_view chosen() const override { return d_.name; }

  Status Restore(std::string_view chosen) override {
    recognised_ = true;
    return LineParser::Restore(chosen);
  }

 private:
  // Where the scanner takes none of so many lines, some batches are not shown to it.
  static constexpr std::uint32_t kManyMisfits = 64;
  static constexpr int kBatchesWithoutScanner = 2;

  // The shape of the line that was read last.
  void Learn(std::string_view line) {
    line = line.substr(0, line.find_last_not_of(" \t\r") + 1);
    values_.clear();
    for (std::size_t i = 0; i < d_.slots.size(); ++i) {
      const JsonReader::Value& value = reader_.value(i);
      if (value.present && d_.slots[i].bound) values_.push_back({&d_.slots[i].rule, value.raw});
    }
    shapes_.Learn(line, values_, Logger().raw.substr(0, d_.access_logger.size()), d_.context.request.fields);
  }

  // Of the line that was read last; empty if it has none, or if all lines are requests.
  JsonReader::Value Logger() const {
    return d_.access_logger.empty() ? JsonReader::Value() : reader_.value(d_.slots.size());
  }

  bool TellsRequest() const {
    const JsonReader::Value logger = Logger();
    return !logger.present || logger.raw.substr(0, d_.access_logger.size()) == d_.access_logger;
  }

  // The entry of the line that was read last.
  const char* Build(std::string_view line, LogEntry* entry, LogBatch* batch) {
    // Asked once for the line, not for each value.
    escape_ = std::memchr(line.data(), '\\', line.size()) == nullptr ? Escape::kNone : Escape::kJson;
    builder_.Begin(escape_, entry, batch);
    entry->no_request = !TellsRequest();
    for (std::size_t i = 0; i < d_.slots.size(); ++i) {
      const JsonReader::Value& value = reader_.value(i);
      const bool needed = !entry->no_request || d_.slots[i].rule.field == Field::kTime;
      if (!value.present) {
        if (const char* reason = Missing(d_.slots[i], needed); reason != nullptr) return reason;
      } else if (d_.slots[i].bound && needed) {
        if (const char* reason = Set(d_.slots[i].rule, value, batch); reason != nullptr) return reason;
      }
    }
    if (const char* reason = builder_.Finish(); reason != nullptr) return reason;
    recognised_ = true;
    entry->slow_path = reader_.mended();
    return nullptr;
  }

  const char* Missing(const Slot& slot, bool needed) const {
    const bool asked = slot.bound && needed;
    if (slot.rule.field == Field::kTime && asked) return "the member that holds the time is missing";
    if (slot.rule.field == Field::kStatus && asked) return "the member that holds the status is missing";
    return slot.required && !recognised_ ? "a member by which the format is recognised is missing" : nullptr;
  }

  const char* Set(const FieldRule& rule, const JsonReader::Value& value, LogBatch* batch) {
    const bool text = rule.field != Field::kTime && rule.field != Field::kStatus && rule.field != Field::kBytes &&
                      rule.field != Field::kDuration;
    if (text || escape_ == Escape::kNone || value.raw.find('\\') == std::string_view::npos)
      return builder_.Set(rule, value.raw);
    std::string decoded;
    AppendUnescaped(value.raw, Escape::kJson, &decoded);
    return builder_.Set(rule, batch->decoded.Add(decoded));
  }

  const Definition& d_;
  JsonReader reader_;
  EntryBuilder builder_;
  Escape escape_ = Escape::kJson;  // of the line
  bool recognised_;
  JsonShapes shapes_;
  std::optional<Scanner> scanner_;
  std::vector<JsonValue> values_;  // of Learn
  std::uint32_t misfits_ = 0;      // in this batch
  int batches_without_scanner_ = 0;
};

class JsonFormat : public LineFormat {
 public:
  explicit JsonFormat(Definition definition) : definition_(std::move(definition)) {}
  std::unique_ptr<LineParser> NewParser() const override { return std::make_unique<JsonParser>(definition_); }

 private:
  const Definition definition_;
};

// Adds a slot for a header that the request names; false if the map does not have it.
bool AddHeader(const JsonMap& map, const std::string& name, Field field, Definition* definition) {
  std::vector<std::string> paths = HeaderPaths(map, name);
  if (paths.empty()) return false;
  Slot slot;
  slot.rule.field = field;
  definition->slots.push_back(slot);
  definition->paths.push_back(std::move(paths));
  return true;
}

}  // namespace

LineFormatResult MakeJsonFormat(const FormatContext& context, std::string name, const JsonMap& map, bool strict) {
  const FormatRequest& request = context.request;
  Definition definition{context, std::move(name), strict, {}, {}, map.access_logger};
  bool duration = false;
  for (const JsonMember& member : map.members) {
    if (!member.header.empty()) continue;
    const bool wanted = IsWanted(member.rule.field, request);
    if (!wanted && !(strict && member.required)) continue;
    duration |= member.rule.field == Field::kDuration;
    definition.slots.push_back({member.rule, wanted, member.required});
    definition.paths.push_back(member.paths);
  }
  if (Status status = NeedField(duration, kFieldDuration, request); !status.ok()) return status;
  for (const auto& [mask, field, header] :
       {std::tuple{kFieldUserHeader, Field::kUserHeader, request.user_header},
        std::tuple{kFieldClientHeader, Field::kClientHeader, request.client_header}}) {
    if ((request.fields & mask) == 0) continue;
    if (Status status = NeedField(AddHeader(map, header, field, &definition), mask, request); !status.ok())
      return status;
  }
  if (!map.logger.empty()) definition.paths.push_back({map.logger});
  return std::unique_ptr<LineFormat>(std::make_unique<JsonFormat>(std::move(definition)));
}

}  // namespace socklog
