// The user's own RE2 expression.
#include <algorithm>
#include <array>
#include <utility>

#include "base/regex.h"
#include "base/text.h"
#include "format/bind.h"
#include "format/line_parser.h"

namespace socklog {
namespace {

// A named group and what it becomes.
struct Capture {
  int group;
  std::vector<FieldRule> rules;
};

struct Definition {
  FormatContext context;
  std::string name;
  std::unique_ptr<Regex> regex;
  std::vector<Capture> captures;
  int asked = 1;  // groups, the whole match included
};

class RegexParser : public LineParser {
 public:
  explicit RegexParser(const Definition& definition)
      : d_(definition), builder_(definition.context.zone, definition.context.request.fields) {}

  const char* Parse(std::string_view line, LogEntry* entry, LogBatch* batch) override {
    std::array<std::string_view, Regex::kMaxGroups> groups;
    if (!d_.regex->Match(line, Regex::Anchor::kNone, groups.data(), d_.asked))
      return "the line does not match the regular expression";
    builder_.Begin(Escape::kApache, entry, batch);
    for (const Capture& capture : d_.captures) {
      const std::string_view value = groups[static_cast<std::size_t>(capture.group)];
      for (const FieldRule& rule : capture.rules) {
        if (const char* reason = builder_.Set(rule, value); reason != nullptr) return reason;
      }
    }
    return builder_.Finish();
  }

  std::string_view chosen() const override { return d_.name; }

 private:
  const Definition& d_;
  EntryBuilder builder_;
};

class RegexFormat : public LineFormat {
 public:
  explicit RegexFormat(Definition definition) : definition_(std::move(definition)) {}
  std::unique_ptr<LineParser> NewParser() const override { return std::make_unique<RegexParser>(definition_); }

 private:
  const Definition definition_;
};

// The rule of a group's name: a field's name, or duration_ms, _us, _ns, or time_s, time_ms, time_us, time_ns for
// numbers since 1970.
bool RuleOf(std::string_view group, FieldRule* rule) {
  if (FieldRuleByName(group, rule)) return true;
  constexpr std::array<std::pair<std::string_view, int>, 4> kUnits = {{{"_s", 6}, {"_ms", 3}, {"_us", 0}, {"_ns", -3}}};
  for (const auto& [suffix, exponent] : kUnits) {
    if (group.size() <= suffix.size() || group.substr(group.size() - suffix.size()) != suffix) continue;
    const std::string_view name = group.substr(0, group.size() - suffix.size());
    if ((name != "time" && name != "duration") || !FieldRuleByName(name, rule)) continue;
    rule->exponent = exponent;
    rule->time.form = TimeForm::kEpoch;
    rule->time.exponent = exponent;
    return true;
  }
  return false;
}

// The header that a group header_x_user stands for; empty if it is none.
std::string HeaderOf(const std::string& group) {
  return group.substr(0, 7) == "header_" ? HeaderName(group.substr(7)) : std::string();
}

class Maker {
 public:
  Maker(const FormatContext& context, std::string name) : request_(context.request) {
    definition_.context = context;
    definition_.name = std::move(name);
  }

  LineFormatResult Make(std::string_view expression) {
    Result<Regex> regex = Regex::Compile(expression);
    if (!regex.ok()) return regex.status();
    definition_.regex = std::make_unique<Regex>(std::move(regex).value());
    for (const auto& [group, number] : definition_.regex->group_names()) {
      if (Status status = AddGroup(group, number); !status.ok()) return status;
    }
    if (!Has(Field::kTime)) return Status::Usage("the regular expression has no group (?P<time>...)");
    if (!Has(Field::kStatus)) return Status::Usage("the regular expression has no group (?P<status>...)");
    for (const auto& [field, mask] :
         {std::pair{Field::kDuration, kFieldDuration}, std::pair{Field::kUserHeader, kFieldUserHeader},
          std::pair{Field::kClientHeader, kFieldClientHeader}}) {
      if (Status status = NeedField(Has(field), mask, request_); !status.ok()) return status;
    }
    return std::unique_ptr<LineFormat>(std::make_unique<RegexFormat>(std::move(definition_)));
  }

 private:
  bool Has(Field field) const {
    for (const Capture& capture : definition_.captures) {
      for (const FieldRule& rule : capture.rules) {
        if (rule.field == field) return true;
      }
    }
    return false;
  }

  Status AddGroup(const std::string& group, int number) {
    Capture capture{number, {}};
    std::string header = HeaderOf(group);
    FieldRule rule;
    if (header.empty() && !RuleOf(group, &rule)) {
      return Status::Usage("unknown group '" + group + "' in the regular expression" + DidYouMean(group, FieldNames()) +
                           "; groups that are no fields are written (?:...)");
    }
    if (header.empty() && IsWanted(rule.field, request_)) capture.rules.push_back(rule);
    if (rule.field == Field::kAgent && header.empty()) header = "user-agent";
    if (rule.field == Field::kReferer && header.empty()) header = "referer";
    AddHeader(header, request_.user_header, kFieldUserHeader, Field::kUserHeader, &capture);
    AddHeader(header, request_.client_header, kFieldClientHeader, Field::kClientHeader, &capture);
    if (capture.rules.empty()) return {};
    if (number >= Regex::kMaxGroups) {
      return Status::Usage("the group '" + group + "' of the regular expression is number " + std::to_string(number) +
                           ", only the first " + std::to_string(Regex::kMaxGroups - 1) +
                           " can be read: write (?:...) for groups without a name");
    }
    definition_.asked = std::max(definition_.asked, number + 1);
    definition_.captures.push_back(std::move(capture));
    return {};
  }

  void AddHeader(const std::string& header, const std::string& wanted, std::uint32_t mask, Field field,
                 Capture* capture) {
    if (header.empty() || (request_.fields & mask) == 0 || HeaderName(wanted) != header) return;
    FieldRule rule;
    rule.field = field;
    capture->rules.push_back(rule);
  }

  const FormatRequest& request_;
  Definition definition_;
};

}  // namespace

LineFormatResult MakeRegexFormat(const FormatContext& context, std::string name, std::string_view expression) {
  return Maker(context, std::move(name)).Make(expression);
}

}  // namespace socklog
