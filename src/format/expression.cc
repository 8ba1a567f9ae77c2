#include "format/expression.h"

#include <array>
#include <utility>

namespace socklog {
namespace {

constexpr std::size_t kMaxWideCaptures = 31;

// One, or nginx's list of several ("0.1, 0.2 : 0.3"): a last field must not swallow whatever else stands there.
constexpr std::string_view kDurationAtEnd = R"([^ "]*(?:(?:,| :) [^ "]*)*)";

std::string HexEscape(char c) {
  constexpr const char* kHex = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  return {'\\', 'x', kHex[byte >> 4], kHex[byte & 15]};
}

// One directive and what stands around it.
class Speller {
 public:
  Speller(const Template& format, std::size_t i) : format_(format), element_(format.elements[i]) {
    const auto& elements = format.elements;
    has_next_ = i + 1 < elements.size();
    if (has_next_ && elements[i + 1].content == Content::kLiteral) next_ = elements[i + 1].text;
    quoted_ = i > 0 && elements[i - 1].content == Content::kLiteral && elements[i - 1].text.back() == '"' &&
              !next_.empty() && next_[0] == '"';
  }

  std::string Fast() const {
    switch (element_.content) {
      case Content::kStatus:
        return "(?:[0-9]+|-)";
      case Content::kNumber:
      case Content::kBytes:
        return "-?[0-9]*";
      case Content::kTime:
        return Time(false);
      case Content::kRequest:
        return quoted_ ? QuotedExpression(format_.escape) : Text();
      case Content::kDuration:
        return has_next_ ? Text() : std::string(kDurationAtEnd);
      default:
        return IsWord() && !quoted_ ? Word() : Text();
    }
  }

  std::string Wide() const {
    const bool escapes = format_.escape != Escape::kNone;
    switch (element_.content) {
      case Content::kStatus:
      case Content::kNumber:
      case Content::kBytes:
        return Fast();
      case Content::kDuration:
        if (!has_next_) return Fast();
        break;
      case Content::kTime:
        return Time(true);
      case Content::kRequest:
        return quoted_ && escapes ? QuotedExpression(format_.escape) : ".*?";
      default:
        break;
    }
    if (IsWord()) return quoted_ ? Fast() : "[^ ]*?";
    return escapes ? (quoted_ ? std::string(kLenientQuoted) : std::string(kBareText)) : ".*?";
  }

 private:
  // Values that hold no blank.
  bool IsWord() const {
    return element_.content == Content::kClient || element_.content == Content::kHost ||
           element_.content == Content::kMethod || element_.content == Content::kProtocol;
  }

  std::string Word() const { return next_.empty() || next_[0] == ' ' ? "[^ ]*" : "[^ " + HexEscape(next_[0]) + "]*"; }

  // Up to what follows.
  std::string Text() const {
    if (quoted_) return QuotedExpression(format_.escape);
    if (!next_.empty() && element_.content != Content::kRequest) return "[^" + HexEscape(next_[0]) + "]*";
    return has_next_ ? ".*?" : ".*";
  }

  std::string Time(bool strict) const {
    switch (element_.time.form) {
      case TimeForm::kClf:
        if (strict) return "[0-9]{2}/[A-Z][a-z]{2}/[0-9]{4}:[0-9:.]+(?: [+-][0-9:]+)?";
        return !next_.empty() && next_[0] == ']' ? R"([^\[\]]*)" : "[0-9]+/[A-Za-z]+/[0-9:.]+ [+-][0-9:]+";
      case TimeForm::kIso:
        return "[0-9]+-[0-9TtZz:.,+-]+";
      case TimeForm::kEpoch:
        return "[0-9]+(?:\\.[0-9]+)?";
      case TimeForm::kFraction:
        return "[0-9]+";
      case TimeForm::kPattern:
        return element_.time.pattern->Expression();
      default:
        return strict ? ".*?" : Text();
    }
  }

  const Template& format_;
  const Element& element_;
  std::string_view next_;  // the literal that follows, if one does
  bool has_next_ = false;
  bool quoted_ = false;
};

// The last directive of a line may be empty; then the blank before it was cut off with the line's end.
bool IsOptionalEnd(const Template& format) {
  const auto& elements = format.elements;
  if (elements.size() < 2) return false;
  const Content last = elements.back().content;
  const bool may_be_empty = last != Content::kTime && last != Content::kStatus && last != Content::kLiteral;
  const Element& before = elements[elements.size() - 2];
  return may_be_empty && before.content == Content::kLiteral && before.text.back() == ' ';
}

class Maker {
 public:
  Maker(const Template& format, Bindings bindings) : format_(format), bindings_(std::move(bindings)) {}

  Result<LineExpression> Make() {
    const auto& elements = format_.elements;
    const bool optional_end = IsOptionalEnd(format_);
    for (std::size_t i = 0; i < elements.size(); ++i) {
      if (elements[i].content == Content::kLiteral) {
        const bool opens = optional_end && i + 2 == elements.size();
        AddLiteral(opens ? elements[i].text.substr(0, elements[i].text.size() - 1) : elements[i].text);
        if (opens) {
          AddBoth("(?: ");
        } else if (Status status = MaybeCut(i); !status.ok()) {
          return status;
        }
      } else {
        AddDirective(i);
      }
    }
    if (optional_end) AddBoth(")?");
    if (Status status = Cut(); !status.ok()) return status;
    if (wide_differs_ && made_.rules.size() <= kMaxWideCaptures) {
      Result<Regex> wide = Regex::Compile(wide_);
      if (!wide.ok()) return wide.status();
      made_.wide.emplace(std::move(wide).value());
    }
    return std::move(made_);
  }

 private:
  void AddBoth(std::string_view text) {
    piece_ += text;
    wide_ += text;
  }

  void AddLiteral(const std::string& text) { AddBoth(EscapeRegex(text)); }

  void AddDirective(std::size_t i) {
    const Speller speller(format_, i);
    const std::string fast = speller.Fast();
    const std::string wide = speller.Wide();
    // A lazy value may end too early for the pieces after it.
    wide_differs_ |= fast != wide || fast == ".*?";
    const bool captured = !bindings_[i].empty();
    piece_ += captured ? "(" + fast + ")" : fast;
    wide_ += captured ? "(" + wide + ")" : wide;
    if (!captured) return;
    made_.rules.push_back(std::move(bindings_[i]));
    ++captures_;
  }

  // Ends the piece after the literal `i` if it has all the captures it may, or if nothing is captured any more.
  Status MaybeCut(std::size_t i) {
    bool more = false;
    for (std::size_t k = i + 1; k < bindings_.size(); ++k) more |= !bindings_[k].empty();
    return captures_ > 0 && i + 1 < bindings_.size() && (captures_ >= kMaxCaptures || !more) ? Cut() : Status();
  }

  Status Cut() {
    if (piece_.empty()) return {};
    Result<Regex> regex = Regex::Compile(piece_);
    if (!regex.ok()) return regex.status();
    made_.pieces.push_back({std::move(regex).value(), captures_});
    piece_.clear();
    captures_ = 0;
    return {};
  }

  const Template& format_;
  Bindings bindings_;
  std::string piece_, wide_;
  bool wide_differs_ = false;
  int captures_ = 0;
  LineExpression made_;
};

}  // namespace

std::string QuotedExpression(Escape escape) { return escape == Escape::kNone ? "[^\"]*" : "(?:[^\"\\\\]|\\\\.)*"; }

bool LineExpression::Match(std::string_view line, std::vector<std::string_view>* values) const {
  std::array<std::string_view, kMaxWideCaptures + 1> groups;
  std::size_t captured = 0;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const Piece& piece = pieces[i];
    const bool last = i + 1 == pieces.size();
    const int asked = last && piece.captures == 0 ? 0 : piece.captures + 1;
    const Regex::Anchor anchor = last ? Regex::Anchor::kBoth : Regex::Anchor::kStart;
    if (!piece.regex.Match(line, anchor, groups.data(), asked)) return false;
    for (int group = 1; group <= piece.captures; ++group)
      (*values)[captured++] = groups[static_cast<std::size_t>(group)];
    if (!last) line.remove_prefix(groups[0].size());
  }
  return true;
}

bool LineExpression::MatchWide(std::string_view line, std::vector<std::string_view>* values) const {
  if (!wide) return false;
  std::array<std::string_view, kMaxWideCaptures + 1> groups;
  if (!wide->Match(line, Regex::Anchor::kBoth, groups.data(), static_cast<int>(rules.size()) + 1)) return false;
  for (std::size_t i = 0; i < rules.size(); ++i) (*values)[i] = groups[i + 1];
  return true;
}

Result<LineExpression> MakeLineExpression(const Template& format, Bindings bindings) {
  return Maker(format, std::move(bindings)).Make();
}

}  // namespace socklog
