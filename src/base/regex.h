// The only user of RE2: a compiled expression with byte (Latin-1) semantics, `.` matching any byte.
#ifndef SOCKLOG_BASE_REGEX_H_
#define SOCKLOG_BASE_REGEX_H_

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "socklog/status.h"

namespace socklog {

// Immutable, thread-safe. Matching is linear in the text, whatever the expression.
class Regex {
 public:
  // Error (kUsage): what is wrong, with the piece of the expression.
  static Result<Regex> Compile(std::string_view expression);
  Regex(Regex&&) noexcept;
  Regex& operator=(Regex&&) noexcept;
  ~Regex();

  // Groups that Match can tell, the whole match included.
  static constexpr int kMaxGroups = 32;

  enum class Anchor { kNone, kStart, kBoth };
  // groups[0] is the whole match, groups[i] the i-th group (data() == nullptr where it took no part). Asking for at
  // most 4 groups besides the whole lets RE2 use its one-pass engine, where the expression allows it.
  bool Match(std::string_view text, Anchor anchor, std::string_view* groups, int group_count) const;
  bool Match(std::string_view text, Anchor anchor) const { return Match(text, anchor, nullptr, 0); }

  // If the expression matches the whole text: *out becomes `rewrite` with \0..\9 replaced. False and *out untouched
  // otherwise.
  bool Rewrite(std::string_view text, std::string_view rewrite, std::string* out) const;
  // Whether `rewrite` names only groups that are there; else the error says which.
  Status CheckRewrite(std::string_view rewrite) const;

  int group_count() const;
  // Name -> number of named groups.
  std::map<std::string, int> group_names() const;

 private:
  struct Impl;
  explicit Regex(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// The expression that matches exactly `text`.
std::string EscapeRegex(std::string_view text);

}  // namespace socklog

#endif  // SOCKLOG_BASE_REGEX_H_
