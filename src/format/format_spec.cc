#include "format/format_spec.h"

#include <array>
#include <utility>

#include "base/text.h"
#include "format/format.h"
#include "format/line_parser.h"

namespace socklog {
namespace {

// GoAccess's names, and other spellings.
constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kAliases = {{{"vcombined", "vhost_combined"},
                                                                                    {"vcommon", "vhost_common"},
                                                                                    {"nginx_json", "nginx-json"},
                                                                                    {"apache", "combined"},
                                                                                    {"nginx", "combined"}}};

std::string_view TrimBlanks(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

bool IsLower(char c) { return c >= 'a' && c <= 'z'; }

// $name, ${name}
bool HasVariable(std::string_view text) {
  for (std::size_t i = text.find('$'); i != std::string_view::npos; i = text.find('$', i + 1)) {
    std::size_t at = i + 1;
    if (text.substr(at, 1) == "{") ++at;
    if (at + 1 < text.size() && IsLower(text[at]) && (IsLower(text[at + 1]) || text[at + 1] == '_')) return true;
  }
  return false;
}

bool SplitPrefix(std::string_view text, std::string_view prefix, std::string_view* rest) {
  if (text.size() < prefix.size() || LowerCase(text.substr(0, prefix.size())) != prefix) return false;
  *rest = text.substr(prefix.size());
  return true;
}

using SpecResult = Result<FormatSpec>;

SpecResult FromTemplate(std::string_view text, Result<Template> format) {
  if (!format.ok()) return format.status();
  return FormatSpec{std::string(text), std::move(format).value()};
}

SpecResult FromName(std::string_view text) {
  std::string name = LowerCase(text);
  for (const auto& [alias, canonical] : kAliases) {
    if (name == alias) name = canonical;
  }
  if (name == "auto" || name.empty()) return FormatSpec{"auto", AutoSpec{}};
  if (!FamilyString(name).empty()) return FormatSpec{name, FamilySpec{}};
  if (const JsonMap* preset = JsonPreset(name); preset != nullptr) return FormatSpec{name, PresetSpec{preset}};
  std::string known;
  for (const std::string_view format : FormatNames()) known += (known.empty() ? "" : ", ") + std::string(format);
  return Status::Usage("unknown name '" + std::string(text) + "'" + DidYouMean(name, FormatNames()) + "; known are " +
                       known + ", and format strings of Apache and nginx as they stand in the server's configuration");
}

SpecResult FromText(std::string_view text) {
  std::string_view rest;
  if (SplitPrefix(text, "apache:", &rest)) return FromTemplate(text, ParseApacheTemplate(rest));
  if (SplitPrefix(text, "nginx:", &rest)) return FromTemplate(text, ParseNginxTemplate(rest));
  if (SplitPrefix(text, "goaccess:", &rest)) return FromTemplate(text, ParseGoAccessTemplate(rest));
  if (SplitPrefix(text, "regex:", &rest)) return FormatSpec{std::string(text), RegexSpec{std::string(rest)}};
  if (SplitPrefix(text, "json:", &rest)) {
    Result<JsonMap> map = ParseJsonMap(rest);
    if (!map.ok()) return map.status();
    return FormatSpec{std::string(text), std::move(map).value()};
  }
  if (HasWord(text, "log_format") || (HasVariable(text) && !HasWord(text, "logformat"))) {
    return FromTemplate(text, ParseNginxTemplate(text));
  }
  if (text.find('%') != std::string_view::npos) return FromTemplate(text, ParseApacheTemplate(text));
  return FromName(text);
}

}  // namespace

Result<FormatSpec> ParseFormatSpec(std::string_view text) {
  Result<FormatSpec> spec = FromText(TrimBlanks(text));
  if (spec.ok()) return spec;
  return Status::Usage("log format: " + spec.status().message());
}

const std::vector<std::string_view>& FormatNames() {
  static const std::vector<std::string_view> names = {"vhost_combined", "combined", "vhost_common", "common", "caddy",
                                                      "traefik",        "ecs",      "nginx-json",   "auto"};
  return names;
}

}  // namespace socklog
