#include "format/scan/json_shape.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/byte_scan.h"
#include "base/text.h"
#include "format/scan/kernel.h"

namespace socklog {
namespace {

constexpr std::size_t kMaxQuotes = 250;  // StructuralIndex has more end marks
constexpr int kMaxDepth = 32;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Takes a line apart. What it does not take for JSON need not be JSON: such lines are left to JsonReader.
class ShapeReader {
 public:
  ShapeReader(std::string_view line, const std::vector<JsonValue>& values, std::string_view fixed, JsonShape* shape)
      : line_(line), values_(values), fixed_(fixed), shape_(*shape), steps_of_values_(values.size()) {}

  bool Read() {
    SkipBlanks();
    if (!TakeObject()) return false;
    SkipBlanks();
    if (at_ != line_.size() || !AddLiteral(at_)) return false;
    shape_.literals.resize(shape_.literals.size() + JsonStep::kMaxLiteral);
    const auto quotes = static_cast<std::size_t>(std::count(line_.begin(), line_.end(), '"'));
    shape_.quotes = static_cast<std::uint8_t>(quotes);
    return quotes > 0 && quotes <= kMaxQuotes && shape_.steps.size() <= JsonShape::kMaxSteps &&
           std::all_of(steps_of_values_.begin(), steps_of_values_.end(),
                       [](const std::optional<std::size_t>& step) { return step.has_value(); });
  }

  // REQUIRES: Read gave true
  std::uint8_t StepOf(std::size_t value) const { return static_cast<std::uint8_t>(*steps_of_values_[value]); }

 private:
  char Peek() const { return at_ < line_.size() ? line_[at_] : '\0'; }

  void SkipBlanks() {
    while (Peek() == ' ') ++at_;
  }

  bool Take(std::string_view word) {
    if (line_.substr(at_, word.size()) != word) return false;
    at_ += word.size();
    return true;
  }

  bool TakeObject() {
    const auto take_member = [this] {
      if (!Take("\"")) return false;
      const std::size_t end = line_.find('"', at_);
      if (end == std::string_view::npos) return false;
      at_ = end + 1;
      SkipBlanks();
      if (!Take(":")) return false;
      SkipBlanks();
      return TakeValue(false);
    };
    return TakeList("{", "}", take_member);
  }

  bool TakeArray() {
    return TakeList("[", "]", [this] { return TakeValue(true); });
  }

  template <typename TakeItem>
  bool TakeList(std::string_view open, std::string_view close, const TakeItem& take_item) {
    if (!Take(open) || ++depth_ > kMaxDepth) return false;
    SkipBlanks();
    if (!Take(close)) {
      do {
        SkipBlanks();
        if (!take_item()) return false;
        SkipBlanks();
      } while (Take(","));
      if (!Take(close)) return false;
    }
    --depth_;
    return true;
  }

  bool TakeValue(bool in_array) {
    switch (Peek()) {
      case '{':
        return TakeObject();
      case '[':
        return TakeArray();
      case '"':
        return TakeString();
      case 'n':
        return Take("null");  // part of the literal: where it stands a number might be asked for
      case 't':
      case 'f':
        return TakeBool(in_array);
      default:
        return TakeNumber();
    }
  }

  bool TakeString() {
    const std::size_t begin = at_ + 1;
    const std::size_t end = line_.find('"', begin);
    if (end == std::string_view::npos) return false;
    at_ = end + 1;
    const bool has_fixed = !fixed_.empty() && fixed_.data() == line_.data() + begin;  // that is part of the literal
    return AddValue(has_fixed ? begin + fixed_.size() : begin, end, JsonExtent::kString) != Use::kImpossible;
  }

  // In an array it is part of the literal: JsonReader takes a number from there, but no truth.
  bool TakeBool(bool in_array) {
    const std::size_t begin = at_;
    if (!Take("true") && !Take("false")) return false;
    return in_array || AddValue(begin, at_, JsonExtent::kBare) == Use::kNone;
  }

  bool TakeNumber() {
    const std::size_t begin = at_;
    Take("-");
    if (!Take("0") && !TakeDigits()) return false;
    if (Take(".") && !TakeDigits()) return false;
    if (Take("e") || Take("E")) {
      Take("-") || Take("+");
      if (!TakeDigits()) return false;
    }
    const Use use = AddValue(begin, at_, JsonExtent::kNumber);
    if (use == Use::kNone) shape_.steps.back().value = JsonExtent::kBare;
    return use != Use::kImpossible;
  }

  bool TakeDigits() {
    const std::size_t begin = at_;
    while (IsDigit(Peek())) ++at_;
    return at_ > begin;
  }

  enum class Use { kNone, kField, kImpossible };

  Use AddValue(std::size_t begin, std::size_t end, JsonExtent extent) {
    if (!AddLiteral(begin)) return Use::kImpossible;
    shape_.steps.back().value = extent;
    literal_ = end;
    Use use = Use::kNone;
    for (std::size_t i = 0; i < values_.size(); ++i) {
      if (values_[i].raw.data() != line_.data() + begin) continue;
      if (values_[i].raw.size() != end - begin) return Use::kImpossible;
      steps_of_values_[i] = shape_.steps.size() - 1;
      use = Use::kField;
    }
    return use;
  }

  // What stands between the value before and `end`, in as many steps as it takes.
  bool AddLiteral(std::size_t end) {
    std::string_view literal = line_.substr(literal_, end - literal_);
    while (!literal.empty() && shape_.steps.size() <= JsonShape::kMaxSteps) {
      const std::string_view part = literal.substr(0, JsonStep::kMaxLiteral);
      JsonStep& step = shape_.steps.emplace_back();
      step.literal_size = static_cast<std::uint8_t>(part.size());
      step.literal_bits = ~std::uint64_t{0} >> (64 - part.size());
      step.literal_quotes = static_cast<std::uint8_t>(std::count(part.begin(), part.end(), '"'));
      shape_.literals.insert(shape_.literals.end(), part.begin(), part.end());
      literal.remove_prefix(part.size());
    }
    return literal.empty();
  }

  const std::string_view line_;
  const std::vector<JsonValue>& values_;
  const std::string_view fixed_;
  JsonShape& shape_;
  std::vector<std::optional<std::size_t>> steps_of_values_;
  std::size_t at_ = 0;
  std::size_t literal_ = 0;  // where the literal begins that is not added yet
  int depth_ = 0;
};

// The stamp's shape if the reader of that form may take the next one like this one.
StampShape StampShapeOf(TimeForm form, std::string_view stamp) {
  const bool any = form == TimeForm::kAny;
  if ((any || form == TimeForm::kClf) && HasStampShape(kClfTime, stamp.substr(0, kClfTime.size))) return kClfTime;
  if ((any || form == TimeForm::kIso) && HasStampShape(kIsoTime, stamp.substr(0, kIsoTime.size))) return kIsoTime;
  return {};
}

// What becomes of the values: as EntryBuilder would have it.
class FieldMaker {
 public:
  FieldMaker(const std::vector<JsonValue>& values, std::uint32_t fields, JsonShape* shape)
      : values_(values), shape_(*shape) {
    const bool has_request = Has(Field::kRequest);
    const bool has_target = Has(Field::kTarget);
    skips_path_ = has_request || has_target || !Has(Field::kPath);
    shape_.uses_builder = !skips_path_;
    shape_.checks_target = has_target && !has_request;
    shape_.has_method = Has(Field::kMethod);
    shape_.gives_target = (fields & kFieldTarget) != 0 && !(Overwrites(Field::kMethod) && Overwrites(Field::kTarget));
    shape_.gives_protocol = (fields & kFieldProtocol) != 0 && !Overwrites(Field::kProtocol);
  }

  void Add(std::size_t value, std::uint8_t step) {
    JsonField field;
    field.rule = values_[value].rule;
    field.step = step;
    if (skips_path_ && (field.rule->field == Field::kPath || field.rule->field == Field::kQuery)) return;
    SetTarget(values_[value].raw, &field);
    shape_.fields.push_back(field);
  }

 private:
  // The index of the last value for the field; -1 if there is none.
  std::ptrdiff_t Last(Field field) const {
    std::ptrdiff_t last = -1;
    for (std::size_t i = 0; i < values_.size(); ++i) {
      if (values_[i].rule->field == field) last = static_cast<std::ptrdiff_t>(i);
    }
    return last;
  }
  bool Has(Field field) const { return Last(field) >= 0; }
  // Whether the field is set once more after the request has set it.
  bool Overwrites(Field field) const { return Last(field) > Last(Field::kRequest); }

  void SetText(std::string_view LogEntry::*text, JsonField* field) {
    field->target = JsonTarget::kText;
    field->text = text;
  }

  void SetTarget(std::string_view raw, JsonField* field) {
    switch (field->rule->field) {
      case Field::kTime:
        if (shape_.stamp.size > 0) return;
        shape_.stamp = StampShapeOf(field->rule->time.form, raw);
        shape_.cache = MakeStampCache(shape_.stamp);
        if (shape_.stamp.size > 0) field->target = JsonTarget::kStamp;
        return;
      case Field::kStatus:
        field->target = JsonTarget::kStatus;
        return;
      case Field::kBytes:
        field->target = JsonTarget::kBytes;
        return;
      case Field::kRequest:
        field->target = JsonTarget::kRequest;
        return;
      case Field::kMethod:
        if (!shape_.uses_builder) field->target = JsonTarget::kMethod;
        return;
      case Field::kTarget:
        field->target = JsonTarget::kTarget;
        return;
      case Field::kHost:
        field->target = JsonTarget::kHost;
        return;
      case Field::kClient:
        field->target = JsonTarget::kClient;
        return;
      case Field::kUser:
        return SetText(&LogEntry::user, field);
      case Field::kAgent:
        return SetText(&LogEntry::agent, field);
      case Field::kReferer:
        return SetText(&LogEntry::referer, field);
      case Field::kUserHeader:
        return SetText(&LogEntry::user_header, field);
      case Field::kClientHeader:
        return SetText(&LogEntry::client_header, field);
      default:
        return;
    }
  }

  const std::vector<JsonValue>& values_;
  JsonShape& shape_;
  bool skips_path_ = false;
};

bool SameLines(const JsonShape& a, const JsonShape& b) {
  return a.literals == b.literals && std::equal(a.steps.begin(), a.steps.end(), b.steps.begin(), b.steps.end(),
                                                [](const JsonStep& x, const JsonStep& y) {
                                                  return x.literal_size == y.literal_size && x.value == y.value;
                                                });
}

}  // namespace

bool IsVerbatimJson(std::string_view text) {
  while (true) {
    text.remove_prefix(PlainPrefix<StopAt::kOdd>(text));
    if (text.empty()) return true;
    const auto byte = static_cast<unsigned char>(text[0]);
    const std::size_t size = byte < ' ' || byte == '\\' ? 0 : Utf8Length(text);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
}

bool JsonShapes::MayLearn() {
  credit = std::min(credit + 1, kMostCredit);
  return credit >= kLessonCost;
}

void JsonShapes::Learn(std::string_view line, const std::vector<JsonValue>& values, std::string_view fixed,
                       std::uint32_t fields) {
  credit -= kLessonCost;
  JsonShape shape;
  ShapeReader reader(line, values, fixed, &shape);
  if (line.size() > StructuralIndex::kChunk || !IsVerbatimJson(line) || !reader.Read()) return;
  if (std::any_of(shapes, shapes + count, [&shape](const JsonShape& known) { return SameLines(known, shape); })) return;
  FieldMaker maker(values, fields, &shape);
  for (std::size_t i = 0; i < values.size(); ++i) maker.Add(i, reader.StepOf(i));

  current = count;
  if (count < kMax) {
    ++count;
  } else {
    const auto rarer = [](const JsonShape& a, const JsonShape& b) { return a.hits < b.hits; };
    current = static_cast<std::size_t>(std::min_element(shapes, shapes + kMax, rarer) - shapes);
    for (JsonShape& known : shapes) known.hits /= 2;
  }
  shapes[current] = std::move(shape);
}

}  // namespace socklog
