// The RE2 definition of a text format, made from its directives.
#ifndef SOCKLOG_FORMAT_EXPRESSION_H_
#define SOCKLOG_FORMAT_EXPRESSION_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/regex.h"
#include "format/bind.h"
#include "format/template.h"
#include "socklog/status.h"

namespace socklog {

// Captures a piece may have: beyond that RE2 has to leave its one-pass engine.
inline constexpr int kMaxCaptures = 4;

// A stretch of the line. The pieces of a format are matched one after the other, each where the one before ended.
struct Piece {
  Regex regex;
  int captures;
};

// A format as regular expressions. `pieces` is spelled for speed: every directive ends where the literal after it
// begins, so RE2 needs no backtracking. `wide`, tried when they do not match, also reads values that hold what should
// follow them (user names with blanks, quotes that a server did not escape). Immutable, thread-safe.
struct LineExpression {
  std::vector<Piece> pieces;
  std::optional<Regex> wide;                  // captures the same values in the same order
  std::vector<std::vector<FieldRule>> rules;  // of each captured value

  // Fills values[0 .. rules.size()-1]. False: does not match.
  bool Match(std::string_view line, std::vector<std::string_view>* values) const;
  bool MatchWide(std::string_view line, std::vector<std::string_view>* values) const;
};

Result<LineExpression> MakeLineExpression(const Template& format, Bindings bindings);

// Quoted text with quotes that a server did not escape; an escaped one never ends it.
inline constexpr std::string_view kLenientQuoted = R"((?:[^"\\]|\\.|")*?)";

// Text without quotes around it, with blanks in it. Apache writes an empty user name as two quotes.
inline constexpr std::string_view kBareText = R"((?:[^"\\]|\\.|"")*?)";

// The expression (without a group) of quoted text; `escape` decides what a backslash means.
std::string QuotedExpression(Escape escape);

}  // namespace socklog

#endif  // SOCKLOG_FORMAT_EXPRESSION_H_
