// Apache's common and combined formats, with and without a virtual host before them: real logs mix them, so one
// expression with optional parts reads all four.
#include <array>
#include <optional>
#include <utility>

#include "base/regex.h"
#include "format/bind.h"
#include "format/diagnose.h"
#include "format/expression.h"
#include "format/family_names.h"
#include "format/line_parser.h"
#include "format/quoted_line.h"
#include "format/scan/scanner.h"

namespace socklog {
namespace {

struct Name {
  std::string_view name;
  std::string_view format;
};

constexpr std::array kNames = {
    Name{"vhost_combined", R"(%v:%p %h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i")"},
    Name{"combined", R"(%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i")"},
    Name{"vhost_common", R"(%v:%p %h %l %u %t "%r" %>s %b)"},
    Name{"common", R"(%h %l %u %t "%r" %>s %b)"},
};

std::string Group(bool captured, std::string_view expression) {
  return captured ? "(" + std::string(expression) + ")" : std::string(expression);
}

// What the line's parts are called in `wide`, which captures them all.
enum WideGroup {
  kFirst = 1,
  kSecond,
  kRest,
  kTimeGroup,
  kRequestGroup,
  kStatusGroup,
  kBytesGroup,
  kRefererGroup,
  kAgentGroup,
  kWideGroups
};

FieldRule ClfTimeRule() {
  FieldRule rule;
  rule.time.form = TimeForm::kClf;
  return rule;
}

FieldRule RuleFor(Field field) {
  FieldRule rule;
  rule.field = field;
  return rule;
}

// The line up to its time stamp has three words, or a fourth: a virtual host before, or a user name with a blank.
struct Definition {
  FormatContext context;
  std::string name;
  Template common;                                     // for Diagnose
  bool names = false, request = false, bytes = false;  // what is wanted
  std::vector<FieldRule> referer, agent;
  FieldRule time = ClfTimeRule();
  FieldRule status = RuleFor(Field::kStatus);
  FieldRule host = RuleFor(Field::kHost);
  FieldRule client = RuleFor(Field::kClient);
  FieldRule user = RuleFor(Field::kUser);
  FieldRule request_line = RuleFor(Field::kRequest);
  FieldRule size = RuleFor(Field::kBytes);

  std::vector<Piece> pieces;
  std::unique_ptr<Regex> wide;
  ScanPlan plan;

  bool Wanted(std::uint32_t field) const { return (context.request.fields & field) != 0; }
};

constexpr std::string_view kNumber = "[0-9]+|-";

Status AddPiece(const std::string& expression, int captures, Definition* definition) {
  Result<Regex> regex = Regex::Compile(expression);
  if (!regex.ok()) return regex.status();
  definition->pieces.push_back({std::move(regex).value(), captures});
  return {};
}

// The three pieces, each with four captures at the most.
Status MakePieces(Definition* d) {
  const std::string quoted = QuotedExpression(Escape::kApache);
  const std::string word = Group(d->names, "[^ ]+") + " ";
  std::string head = word + word + word + "(?:" + Group(d->names, R"([^ \[][^ ]*)") + " )?\\[";
  if (d->names) {
    if (Status status = AddPiece(head, 4, d); !status.ok()) return status;
    head.clear();
  }
  head += R"(([^\[\]]*)\] ")" + Group(d->request, quoted) + "\" (" + std::string(kNumber) + ") ";
  const std::string bytes = "(" + std::string(d->bytes ? "" : "?:") + std::string(kNumber) + ")";
  if (d->bytes) head += bytes;
  if (Status status = AddPiece(head, 2 + (d->request ? 1 : 0) + (d->bytes ? 1 : 0), d); !status.ok()) return status;
  const std::string tail = (d->bytes ? "" : bytes) + "(?: \"" + Group(!d->referer.empty(), quoted) + "\" \"" +
                           Group(!d->agent.empty(), quoted) + "\"(?: .*)?)?";
  return AddPiece(tail, (d->referer.empty() ? 0 : 1) + (d->agent.empty() ? 0 : 1), d);
}

Status MakeWide(Definition* d) {
  const std::string quoted = QuotedExpression(Escape::kApache);
  const std::string expression =
      R"re(([^ ]+) ([^ ]+) ((?:[^"\\]|\\.|"")+?) \[([0-9]{2}/[A-Z][a-z]{2}/[0-9]{4}:[0-9:.]+(?: [+-][0-9:]+)?)\] ")re" +
      Group(true, quoted) + R"(" ([0-9]+|-) ([0-9]+|-)(?: ")" + Group(true, kLenientQuoted) + R"(" ")" +
      Group(true, kLenientQuoted) + R"("(?: .*)?)?)";
  Result<Regex> wide = Regex::Compile(expression);
  if (!wide.ok()) return wide.status();
  d->wide = std::make_unique<Regex>(std::move(wide).value());
  return {};
}

class FamilyParser : public LineParser {
 public:
  explicit FamilyParser(const Definition& definition)
      : d_(definition), builder_(definition.context.zone, definition.context.request.fields), name_(definition.name) {
    if (d_.context.kernel != nullptr) scanner_.emplace(d_.plan, *d_.context.kernel, d_.context);
  }

  const char* Parse(std::string_view line, LogEntry* entry, LogBatch* batch) override {
    const char* reason = nullptr;
    if (ParseFast(line, entry, batch, &reason)) {
      if (reason == nullptr && name_.empty()) name_ = NameOf(line);
      return reason;
    }
    if (ParseSlowly(line, entry, batch)) {
      entry->slow_path = true;
      return nullptr;
    }
    reason = Diagnose(d_.common, line, d_.context.zone, true);
    return reason != nullptr ? reason : "the referer and the agent are not two quoted strings at the end of the line";
  }

  // A line that decides what chosen() gives is read again as all lines after it are.
  void ParseLines(const Block& block, BlockCursor* cursor, LogBatch* batch) override {
    if (!scanner_) return LineParser::ParseLines(block, cursor, batch);
    while (name_.empty() && HasNextLine(block, *cursor, *batch)) {
      const BlockCursor start = *cursor;
      LogEntry entry;
      if (ParseNextLine(block, cursor, &entry, batch)) *cursor = start;
    }
    scanner_->ParseLines(block, this, cursor, batch);
  }

  std::string_view chosen() const override { return name_; }

  Status Restore(std::string_view chosen) override {
    if (FamilyString(chosen).empty()) return LineParser::Restore(chosen);
    name_ = chosen;
    return {};
  }

 private:
  bool ParseFast(std::string_view line, LogEntry* entry, LogBatch* batch, const char** reason) {
    std::array<std::string_view, kMaxCaptures + 1> groups;
    std::array<std::string_view, kWideGroups> values;
    std::size_t piece = 0;
    if (d_.names) {
      if (!Take(d_.pieces[piece++], &line, &groups)) return false;
      values[kFirst] = groups[1];
      values[kSecond] = groups[2];
      values[kRest] = groups[4].empty() ? groups[3] : Span(groups[3], groups[4]);
    }
    if (!Take(d_.pieces[piece++], &line, &groups)) return false;
    std::size_t group = 1;
    values[kTimeGroup] = groups[group++];
    if (d_.request) values[kRequestGroup] = groups[group++];
    values[kStatusGroup] = groups[group++];
    if (d_.bytes) values[kBytesGroup] = groups[group++];
    const Piece& tail = d_.pieces[piece];
    if (!tail.regex.Match(line, Regex::Anchor::kBoth, groups.data(), tail.captures == 0 ? 0 : tail.captures + 1))
      return false;
    group = 1;
    if (!d_.referer.empty()) values[kRefererGroup] = groups[group++];
    if (!d_.agent.empty()) values[kAgentGroup] = groups[group++];
    *reason = Build(values, entry, batch);
    return true;
  }

  static bool Take(const Piece& piece, std::string_view* line, std::array<std::string_view, kMaxCaptures + 1>* groups) {
    if (!piece.regex.Match(*line, Regex::Anchor::kStart, groups->data(), piece.captures + 1)) return false;
    line->remove_prefix((*groups)[0].size());
    return true;
  }

  static std::string_view Span(std::string_view from, std::string_view to) {
    return {from.data(), static_cast<std::size_t>(to.data() + to.size() - from.data())};
  }

  bool ParseWide(std::string_view line, LogEntry* entry, LogBatch* batch) {
    std::array<std::string_view, kWideGroups> values;
    if (!d_.wide->Match(line, Regex::Anchor::kBoth, values.data(), kWideGroups)) return false;
    if (Build(values, entry, batch) != nullptr) return false;
    if (name_.empty()) name_ = NameOf(line);
    return true;
  }

  bool ParseSlowly(std::string_view line, LogEntry* entry, LogBatch* batch) {
    return ParseWide(line, entry, batch) ||
           TryUnquoted(line, batch, [&](std::string_view inner) { return ParseWide(inner, entry, batch); });
  }

  const char* Build(const std::array<std::string_view, kWideGroups>& values, LogEntry* entry, LogBatch* batch) {
    builder_.Begin(Escape::kApache, entry, batch);
    if (const char* reason = builder_.Set(d_.time, values[kTimeGroup]); reason != nullptr) return reason;
    if (const char* reason = builder_.Set(d_.status, values[kStatusGroup]); reason != nullptr) return reason;
    if (d_.names) {
      const FamilyNames names = TellFamilyNames(values[kFirst], values[kSecond], values[kRest]);
      if (d_.Wanted(kFieldHost)) builder_.Set(d_.host, names.host);
      if (d_.Wanted(kFieldClient)) builder_.Set(d_.client, names.client);
      if (d_.Wanted(kFieldUser)) builder_.Set(d_.user, names.user);
    }
    if (d_.request) builder_.Set(d_.request_line, values[kRequestGroup]);
    if (d_.bytes) {
      if (const char* reason = builder_.Set(d_.size, values[kBytesGroup]); reason != nullptr) return reason;
    }
    for (const FieldRule& rule : d_.referer) builder_.Set(rule, values[kRefererGroup]);
    for (const FieldRule& rule : d_.agent) builder_.Set(rule, values[kAgentGroup]);
    return builder_.Finish();
  }

  std::string_view NameOf(std::string_view line) const {
    std::array<std::string_view, kWideGroups> values;
    if (!d_.wide->Match(line, Regex::Anchor::kBoth, values.data(), kWideGroups)) return "combined";
    const bool vhost = !TellFamilyNames(values[kFirst], values[kSecond], values[kRest]).host.empty();
    const bool combined = values[kAgentGroup].data() != nullptr;
    if (vhost) return combined ? "vhost_combined" : "vhost_common";
    return combined ? "combined" : "common";
  }

  const Definition& d_;
  EntryBuilder builder_;
  std::string name_;
  std::optional<Scanner> scanner_;
};

class FamilyFormat : public LineFormat {
 public:
  explicit FamilyFormat(Definition definition) : definition_(std::move(definition)) {}
  std::unique_ptr<LineParser> NewParser() const override { return std::make_unique<FamilyParser>(definition_); }

 private:
  const Definition definition_;
};

// The rules of a quoted header at the line's end.
std::vector<FieldRule> HeaderRules(const FormatRequest& request, std::string_view header, std::uint32_t mask,
                                   Field field) {
  std::vector<FieldRule> rules;
  if ((request.fields & mask) != 0) rules.push_back(RuleFor(field));
  if ((request.fields & kFieldUserHeader) != 0 && HeaderName(request.user_header) == header)
    rules.push_back(RuleFor(Field::kUserHeader));
  if ((request.fields & kFieldClientHeader) != 0 && HeaderName(request.client_header) == header) {
    rules.push_back(RuleFor(Field::kClientHeader));
  }
  return rules;
}

bool LogsHeader(std::string_view name) { return HeaderName(name) == "referer" || HeaderName(name) == "user-agent"; }

}  // namespace

std::string_view FamilyString(std::string_view name) {
  for (const Name& known : kNames) {
    if (known.name == name) return known.format;
  }
  return {};
}

LineFormatResult MakeFamilyFormat(const FormatContext& context, std::string name) {
  if (Status status = NeedField(false, kFieldDuration, context.request); !status.ok()) return status;
  if (Status status = NeedField(LogsHeader(context.request.user_header), kFieldUserHeader, context.request);
      !status.ok())
    return status;
  if (Status status = NeedField(LogsHeader(context.request.client_header), kFieldClientHeader, context.request);
      !status.ok())
    return status;
  Definition definition;
  definition.context = context;
  definition.name = std::move(name);
  definition.names = definition.Wanted(kFieldHost | kFieldClient | kFieldUser);
  definition.request = definition.Wanted(kFieldTarget | kFieldProtocol);
  definition.bytes = definition.Wanted(kFieldBytes);
  definition.referer = HeaderRules(context.request, "referer", kFieldReferer, Field::kReferer);
  definition.agent = HeaderRules(context.request, "user-agent", kFieldAgent, Field::kAgent);
  Result<Template> common = ParseApacheTemplate(FamilyString("common"));
  if (!common.ok()) return common.status();
  definition.common = std::move(common).value();
  if (Status status = MakePieces(&definition); !status.ok()) return status;
  if (Status status = MakeWide(&definition); !status.ok()) return status;
  definition.plan = MakeFamilyPlan({definition.time, definition.referer, definition.agent}, context.request.fields);
  return std::unique_ptr<LineFormat>(std::make_unique<FamilyFormat>(std::move(definition)));
}

}  // namespace socklog
