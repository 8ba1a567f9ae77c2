#include "base/regex.h"

#include <re2/re2.h>

#include <vector>

namespace socklog {
namespace {

RE2::Options MakeOptions() {
  RE2::Options options;
  options.set_encoding(RE2::Options::EncodingLatin1);
  options.set_dot_nl(true);
  options.set_log_errors(false);
  return options;
}

}  // namespace

struct Regex::Impl {
  explicit Impl(std::string_view expression) : text(expression), re(text, MakeOptions()) {}
  std::string text;
  RE2 re;
};

Regex::Regex(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Regex::Regex(Regex&&) noexcept = default;
Regex& Regex::operator=(Regex&&) noexcept = default;
Regex::~Regex() = default;

Result<Regex> Regex::Compile(std::string_view expression) {
  auto impl = std::make_unique<Impl>(expression);
  if (!impl->re.ok()) {
    std::string message = impl->re.error();
    if (!impl->re.error_arg().empty() && message.find(impl->re.error_arg()) == std::string::npos) {
      message += ": " + impl->re.error_arg();
    }
    return Status::Usage("not an RE2 expression: " + message);
  }
  return Regex(std::move(impl));
}

bool Regex::Match(std::string_view text, Anchor anchor, std::string_view* groups, int group_count) const {
  re2::StringPiece pieces[kMaxGroups];
  const RE2::Anchor re2_anchor = anchor == Anchor::kBoth    ? RE2::ANCHOR_BOTH
                                 : anchor == Anchor::kStart ? RE2::ANCHOR_START
                                                            : RE2::UNANCHORED;
  if (group_count > kMaxGroups) group_count = kMaxGroups;
  if (!impl_->re.Match(re2::StringPiece(text.data(), text.size()), 0, text.size(), re2_anchor, pieces, group_count))
    return false;
  for (int i = 0; i < group_count; ++i) groups[i] = std::string_view(pieces[i].data(), pieces[i].size());
  return true;
}

bool Regex::Rewrite(std::string_view text, std::string_view rewrite, std::string* out) const {
  std::vector<std::string_view> groups(static_cast<std::size_t>(1 + group_count()));
  if (!Match(text, Anchor::kBoth, groups.data(), static_cast<int>(groups.size()))) return false;
  std::string made;
  for (std::size_t i = 0; i < rewrite.size(); ++i) {
    if (rewrite[i] != '\\' || i + 1 == rewrite.size()) {
      made += rewrite[i];
      continue;
    }
    const char next = rewrite[++i];
    if (next >= '0' && next <= '9') {
      const auto group = static_cast<std::size_t>(next - '0');
      if (group < groups.size()) made.append(groups[group]);
    } else {
      made += next;
    }
  }
  *out = std::move(made);
  return true;
}

Status Regex::CheckRewrite(std::string_view rewrite) const {
  std::string error;
  if (impl_->re.CheckRewriteString(re2::StringPiece(rewrite.data(), rewrite.size()), &error)) return {};
  return Status::Usage(error);
}

int Regex::group_count() const { return impl_->re.NumberOfCapturingGroups(); }

std::map<std::string, int> Regex::group_names() const { return impl_->re.NamedCapturingGroups(); }

std::string EscapeRegex(std::string_view text) { return RE2::QuoteMeta(re2::StringPiece(text.data(), text.size())); }

}  // namespace socklog
