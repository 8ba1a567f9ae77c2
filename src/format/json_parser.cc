// JSON lines, by a map of members to fields.
#include <tuple>
#include <utility>

#include "format/bind.h"
#include "format/json_reader.h"
#include "format/json_scanner.h"
#include "format/json_stamp.h"
#include "format/line_parser.h"

namespace socklog {
namespace {

// A member that is read. Slots of JsonPaths have the same order.
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

// Parse is the definition: what a line gives is what it gives there. ParseLines is the same, faster for most lines.
class JsonParser : public LineParser {
 public:
  explicit JsonParser(const Definition& definition)
      : d_(definition),
        paths_(definition.paths),
        reader_(paths_),
        scanner_(paths_),
        builder_(definition.context.zone, definition.context.request.fields),
        recognised_(!definition.strict) {}

  const char* Parse(std::string_view line, LogEntry* entry, LogBatch* batch) override {
    if (const char* reason = reader_.Read(line); reason != nullptr) return reason;
    entry->slow_path = reader_.mended();
    return Fill(reader_.values(), true, entry, batch);
  }

  void ParseLines(const Block& block, BlockCursor* cursor, LogBatch* batch) override {
    const std::string_view text = block.text.view();
    const std::size_t whole = text.substr(0, text.rfind('\n') + 1).size();  // up to the end of the last whole line
    while (HasNextLine(block, *cursor, *batch)) {
      const char* line = text.data() + cursor->offset;
      const char* end = cursor->offset < whole ? scanner_.Read(line) : nullptr;
      if (end != nullptr) {
        AddScanned(static_cast<std::uint32_t>(end - line), cursor, batch);
      } else {
        LogEntry& entry = batch->entries.emplace_back();
        if (ParseNextLine(block, cursor, &entry, batch)) {
          entry.slow_path = true;
        } else {
          batch->entries.pop_back();
        }
      }
    }
  }

  std::string_view chosen() const override { return d_.name; }

  Status Restore(std::string_view chosen) override {
    recognised_ = true;
    return LineParser::Restore(chosen);
  }

 private:
  // Adds the line at *cursor, which the scanner has read, and moves behind it.
  void AddScanned(std::uint32_t size, BlockCursor* cursor, LogBatch* batch) {
    LogEntry& entry = batch->entries.emplace_back();
    entry.line = cursor->line;
    entry.offset = cursor->offset;
    entry.size = size;
    if (const char* reason = Fill(scanner_.values(), scanner_.escaped(), &entry, batch); reason != nullptr) {
      batch->entries.pop_back();
      batch->malformed.push_back({cursor->line, cursor->offset, size, reason});
    }
    cursor->offset += size + 1;
    ++cursor->line;
  }

  // `escaped`: whether a value may have escapes.
  const char* Fill(const std::vector<JsonValue>& values, bool escaped, LogEntry* entry, LogBatch* batch) {
    builder_.Begin(escaped ? Escape::kJson : Escape::kNone, entry, batch);
    for (std::size_t i = 0; i < d_.slots.size(); ++i) {
      const Slot& slot = d_.slots[i];
      if (!values[i].present()) {
        if (const char* reason = Missing(slot); reason != nullptr) return reason;
      } else if (slot.bound) {
        const std::string_view raw = escaped ? Unescaped(slot.rule.field, values[i].raw, batch) : values[i].raw;
        if (const char* reason = Set(slot.rule, raw, entry); reason != nullptr) return reason;
      }
    }
    if (const char* reason = builder_.Finish(); reason != nullptr) return reason;
    recognised_ = true;
    return nullptr;
  }

  const char* Missing(const Slot& slot) const {
    if (slot.rule.field == Field::kTime && slot.bound) return "the member that holds the time is missing";
    if (slot.rule.field == Field::kStatus && slot.bound) return "the member that holds the status is missing";
    return slot.required && !recognised_ ? "a member by which the format is recognised is missing" : nullptr;
  }

  // The builder undoes the escapes of text itself, of text alone.
  static std::string_view Unescaped(Field field, std::string_view raw, LogBatch* batch) {
    const bool text =
        field != Field::kTime && field != Field::kStatus && field != Field::kBytes && field != Field::kDuration;
    if (text || raw.find('\\') == std::string_view::npos) return raw;
    std::string& decoded = batch->decoded.emplace_back();
    AppendUnescaped(raw, Escape::kJson, &decoded);
    return decoded;
  }

  const char* Set(const FieldRule& rule, std::string_view raw, LogEntry* entry) {
    const bool stamp =
        rule.field == Field::kTime && (rule.time.form == TimeForm::kIso || rule.time.form == TimeForm::kAny);
    if (!stamp) return builder_.Set(rule, raw);
    entry->time_is_end = rule.at_end;
    if (stamps_.Read(raw, &entry->time)) return nullptr;
    const char* reason = builder_.Set(rule, raw);
    if (reason == nullptr) stamps_.Remember(raw, entry->time);
    return reason;
  }

  const Definition& d_;
  const JsonPaths paths_;
  JsonReader reader_;
  JsonScanner scanner_;
  EntryBuilder builder_;
  StampCache stamps_;
  bool recognised_;
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
  Definition definition{context, std::move(name), strict, {}, {}};
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
  return std::unique_ptr<LineFormat>(std::make_unique<JsonFormat>(std::move(definition)));
}

}  // namespace socklog
