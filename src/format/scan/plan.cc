#include "format/scan/plan.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace socklog {
namespace {

constexpr std::size_t kMaxQuotes = 250;  // StructuralIndex has more end marks

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsIso(std::string_view value) {
  const std::size_t digits = std::min(value.size(), value.find_first_not_of("0123456789"));
  return digits > 0 && value.substr(digits, 1) == "-" && value.size() > digits + 1 &&
         value.find_first_not_of("0123456789TtZz:.,+-", digits) == std::string_view::npos;
}

bool AllDigits(std::string_view value) { return !value.empty() && std::all_of(value.begin(), value.end(), IsDigit); }

bool IsEpoch(std::string_view value) {
  const std::size_t point = value.find('.');
  return AllDigits(value.substr(0, point)) && (point == std::string_view::npos || AllDigits(value.substr(point + 1)));
}

// Adds `literal` to the last step, and steps for what is longer than one takes.
void AddLiteral(std::string_view literal, std::vector<ScanStep>* steps) {
  if (steps->empty()) steps->emplace_back();
  while (true) {
    ScanStep& step = steps->back();
    const std::string_view part = literal.substr(0, 8);
    std::memcpy(&step.literal, part.data(), part.size());
    std::memset(&step.literal_mask, 0xFF, part.size());
    step.literal_size = static_cast<std::uint8_t>(part.size());
    step.literal_quotes = static_cast<std::uint8_t>(std::count(part.begin(), part.end(), '"'));
    literal.remove_prefix(part.size());
    if (literal.empty()) return;
    steps->emplace_back();
  }
}

// Where a text field goes as it stands.
std::string_view LogEntry::*TextMember(Field field) {
  switch (field) {
    case Field::kUser:
      return &LogEntry::user;
    case Field::kAgent:
      return &LogEntry::agent;
    case Field::kReferer:
      return &LogEntry::referer;
    case Field::kUserHeader:
      return &LogEntry::user_header;
    case Field::kClientHeader:
      return &LogEntry::client_header;
    default:
      return nullptr;
  }
}

void SetField(const std::vector<FieldRule>& rules, ScanStep* step) {
  if (rules.empty()) return;
  step->field = ScanField::kRules;
  step->rules = rules;
  if (rules.size() > 1) return;
  step->text = TextMember(rules[0].field);
  if (step->text != nullptr) step->field = ScanField::kText;
  if (rules[0].field == Field::kClient) step->field = ScanField::kClient;
  if (rules[0].field == Field::kHost) step->field = ScanField::kHost;
  if (rules[0].field == Field::kRequest) step->field = ScanField::kRequest;
}

// Works out what is a matter of all steps.
void LookAtSteps(ScanPlan* plan) {
  for (ScanStep& step : plan->steps) {
    plan->uses_builder |= step.field == ScanField::kRules;
    if (step.field != ScanField::kSkip) continue;
    if (step.extent == ScanExtent::kQuote && step.shape == ScanShape::kAny) step.skip = ScanSkip::kQuoted;
    if (step.extent == ScanExtent::kEnd && step.shape == ScanShape::kNoBlank) step.skip = ScanSkip::kLastWord;
  }
}

class Planner {
 public:
  Planner(const Template& format, const Bindings& bindings) : elements_(format.elements), bindings_(bindings) {
    plan_.escape = format.escape;
  }

  std::optional<ScanPlan> Make(std::uint32_t fields) {
    std::size_t quotes = 0;
    for (std::size_t i = 0; i < elements_.size(); ++i) {
      const Element& element = elements_[i];
      if (element.content != Content::kLiteral) {
        if (!AddValue(i)) return std::nullopt;
        continue;
      }
      if (element.text.find_first_of("\n\\") != std::string::npos) return std::nullopt;
      quotes += static_cast<std::size_t>(std::count(element.text.begin(), element.text.end(), '"'));
      AddLiteral(element.text, &plan_.steps);
    }
    if (quotes > kMaxQuotes) return std::nullopt;
    plan_.quotes = static_cast<std::uint8_t>(quotes);
    plan_.fields = fields;
    LookAtSteps(&plan_);
    for (std::size_t i = 0; i + ScanPlan::kCoreSteps <= plan_.steps.size() && i < ScanPlan::kNoCore; ++i) {
      if (!IsCore(&plan_.steps[i], fields)) continue;
      plan_.core_has_host = i > 0 && IsHostBefore(plan_.steps[i - 1], fields);
      plan_.core = static_cast<std::uint8_t>(plan_.core_has_host ? i - 1 : i);
    }
    return std::move(plan_);
  }

 private:
  static bool HasLiteral(const ScanStep& step, std::string_view literal) {
    return step.literal_size == literal.size() && std::memcmp(&step.literal, literal.data(), literal.size()) == 0;
  }

  // A word that is the host, or that is skipped where no host is asked for.
  static bool IsHostBefore(const ScanStep& step, std::uint32_t fields) {
    const ScanField field = (fields & kFieldHost) != 0 ? ScanField::kHost : ScanField::kSkip;
    return step.extent == ScanExtent::kBlank && step.field == field && step.shape == ScanShape::kAny &&
           HasLiteral(step, " ");
  }

  // Whether the steps from this one on are what LineScanner::ReadCore reads, and take what it takes.
  static bool IsCore(const ScanStep* steps, std::uint32_t fields) {
    static constexpr std::string_view kLiterals[] = {" ", " ", " [", "] \"", "\" ", " "};
    for (std::size_t i = 0; i < std::size(kLiterals); ++i) {
      if (!HasLiteral(steps[i], kLiterals[i])) return false;
    }
    const auto takes = [](const ScanStep& step, ScanExtent extent, ScanField field, bool asked) {
      return step.extent == extent && step.field == (asked ? field : ScanField::kSkip);
    };
    const bool request = (fields & (kFieldTarget | kFieldProtocol)) != 0;
    const bool user = (fields & kFieldUser) != 0;
    return takes(steps[0], ScanExtent::kBlank, ScanField::kClient, (fields & kFieldClient) != 0) &&
           takes(steps[1], ScanExtent::kBlank, ScanField::kSkip, false) &&
           takes(steps[2], ScanExtent::kBlank, ScanField::kText, user) && (!user || steps[2].text == &LogEntry::user) &&
           steps[3].field == ScanField::kStamp && steps[3].stop == ']' &&
           takes(steps[4], ScanExtent::kQuote, ScanField::kRequest, request) && steps[5].field == ScanField::kStatus &&
           steps[6].field == ((fields & kFieldBytes) != 0 ? ScanField::kBytes : ScanField::kNumber);
  }

  // The literal after the element, empty at the format's end.
  std::string_view Next(std::size_t i) const {
    return i + 1 < elements_.size() ? std::string_view(elements_[i + 1].text) : std::string_view();
  }

  bool AddValue(std::size_t i) {
    const bool last = i + 1 == elements_.size();
    if (!last && elements_[i + 1].content != Content::kLiteral) return false;
    const Element& element = elements_[i];
    ScanStep step;
    SetExtent(i, &step);
    SetField(bindings_[i], &step);
    switch (element.content) {
      case Content::kStatus:
      case Content::kNumber:
      case Content::kBytes:
        if (!SetNumber(i, &step)) return false;
        break;
      case Content::kTime:
        if (!SetTime(i, &step)) return false;
        break;
      case Content::kRequest:
        if (!IsQuoted(i)) return false;
        break;
      case Content::kDuration:
        if (last) step.shape = ScanShape::kNoBlank;
        break;
      case Content::kClient:
      case Content::kHost:
      case Content::kMethod:
      case Content::kProtocol:
        if (!IsQuoted(i) && step.extent != ScanExtent::kBlank) step.shape = ScanShape::kNoBlank;
        break;
      default:
        break;
    }
    plan_.steps.push_back(std::move(step));
    return true;
  }

  bool IsQuoted(std::size_t i) const {
    return i > 0 && elements_[i - 1].content == Content::kLiteral && elements_[i - 1].text.back() == '"' &&
           Next(i).substr(0, 1) == "\"";
  }

  void SetExtent(std::size_t i, ScanStep* step) const {
    const std::string_view next = Next(i);
    step->extent = next.empty()     ? ScanExtent::kEnd
                   : next[0] == '"' ? ScanExtent::kQuote
                   : next[0] == ' ' ? ScanExtent::kBlank
                                    : ScanExtent::kByte;
    if (!next.empty()) step->stop = next[0];
  }

  bool SetNumber(std::size_t i, ScanStep* step) const {
    const std::string_view next = Next(i);
    if (!next.empty() && (IsDigit(next[0]) || next[0] == '-')) return false;
    step->extent = ScanExtent::kOwn;
    const Content content = elements_[i].content;
    if (bindings_[i].size() > 1) return false;
    if (bindings_[i].empty()) {
      step->field = ScanField::kNumber;
    } else {
      step->field = content == Content::kStatus ? ScanField::kStatus : ScanField::kBytes;
    }
    return true;
  }

  bool SetTime(std::size_t i, ScanStep* step) {
    const TimeSpelling& time = elements_[i].time;
    const std::string_view next = Next(i);
    if (next.empty()) return false;
    const bool whole = bindings_[i].size() == 1 && bindings_[i][0].field == Field::kTime;
    switch (time.form) {
      case TimeForm::kClf:
        if (next[0] == ']') {
          step->shape = ScanShape::kNoBracket;
        } else if (!whole || IsDigit(next[0]) || next[0] == ':') {
          return false;
        }
        if (whole) SetStamp(kClfStamp, step);
        if (next[0] != ']') step->stop = '\0';
        return true;
      case TimeForm::kIso:
        if (std::string_view("0123456789TtZz:.,+-").find(next[0]) != std::string_view::npos) return false;
        step->shape = ScanShape::kIso;
        if (whole) SetStamp(kIsoStamp, step);
        return true;
      case TimeForm::kEpoch:
        step->shape = next[0] == '.' ? ScanShape::kDigits : ScanShape::kEpoch;
        return !IsDigit(next[0]);
      case TimeForm::kFraction:
        step->shape = ScanShape::kDigits;
        return !IsDigit(next[0]);
      case TimeForm::kPattern:
        return !bindings_[i].empty() && SetPattern(*time.pattern, step);
      case TimeForm::kZone:
        return true;
      default:
        return false;
    }
  }

  void SetStamp(const StampShape& shape, ScanStep* step) {
    plan_.stamp = shape;
    step->extent = ScanExtent::kOwn;
    step->field = ScanField::kStamp;
    step->at_end = step->rules[0].at_end;
  }

  static bool SetPattern(const TimePattern& pattern, ScanStep* step) {
    const TimePattern::Layout layout = pattern.layout();
    if (layout.fixed_size > 0) {
      step->extent = ScanExtent::kFixed;
      step->fixed_size = static_cast<std::uint16_t>(layout.fixed_size);
      return layout.fixed_size < 1000;
    }
    step->shape = ScanShape::kNoSmallZ;
    return layout.zone_at_end && std::string_view("|]\"\t,; ").find(step->stop) != std::string_view::npos &&
           layout.others.find(step->stop) == std::string::npos;
  }

  const std::vector<Element>& elements_;
  const Bindings& bindings_;
  ScanPlan plan_;
};

}  // namespace

bool HasShape(ScanShape shape, std::string_view value) {
  switch (shape) {
    case ScanShape::kAny:
      return true;
    case ScanShape::kNoBlank:
      return value.find(' ') == std::string_view::npos;
    case ScanShape::kNoBracket:
      return value.find('[') == std::string_view::npos;
    case ScanShape::kIso:
      return IsIso(value);
    case ScanShape::kEpoch:
      return IsEpoch(value);
    case ScanShape::kDigits:
      return AllDigits(value);
    case ScanShape::kNoSmallZ:
      return value.empty() || value.back() != 'z';
  }
  return false;
}

std::optional<ScanPlan> MakeScanPlan(const Template& format, const Bindings& bindings, std::uint32_t fields) {
  return Planner(format, bindings).Make(fields);
}

ScanPlan MakeFamilyPlan(const FamilyRules& rules, std::uint32_t fields) {
  ScanPlan plan;
  plan.fields = fields;
  plan.quotes = 2;
  plan.exact_quotes = false;
  plan.stamp = kClfStamp;
  const auto add = [&plan](ScanExtent extent, ScanField field, std::string_view literal) {
    ScanStep& step = plan.steps.emplace_back();
    step.extent = extent;
    step.field = field;
    AddLiteral(literal, &plan.steps);
    return &step;
  };
  const bool request = (fields & (kFieldTarget | kFieldProtocol)) != 0;
  add(ScanExtent::kOwn, ScanField::kNames, "[");
  ScanStep* stamp = add(ScanExtent::kOwn, ScanField::kStamp, "] \"");
  stamp->rules = {rules.time};
  stamp->stop = ']';
  stamp->shape = ScanShape::kNoBracket;
  add(ScanExtent::kQuote, request ? ScanField::kRequest : ScanField::kSkip, "\" ");
  add(ScanExtent::kOwn, ScanField::kStatus, " ");
  add(ScanExtent::kOwn, (fields & kFieldBytes) != 0 ? ScanField::kBytes : ScanField::kNumber, "");
  add(ScanExtent::kNone, ScanField::kMayEnd, " \"");
  SetField(rules.referer, add(ScanExtent::kQuote, ScanField::kSkip, "\" \""));
  SetField(rules.agent, add(ScanExtent::kQuote, ScanField::kSkip, "\""));
  add(ScanExtent::kNone, ScanField::kMayExtra, "");
  LookAtSteps(&plan);
  plan.is_family = rules.referer.empty() && rules.agent.empty();
  return plan;
}

}  // namespace socklog
