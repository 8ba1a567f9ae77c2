// What a user's --log-format says.
#ifndef SOCKLOG_FORMAT_FORMAT_SPEC_H_
#define SOCKLOG_FORMAT_FORMAT_SPEC_H_

#include <string>
#include <string_view>
#include <variant>

#include "format/json_map.h"
#include "format/template.h"
#include "socklog/status.h"

namespace socklog {

struct AutoSpec {};
struct FamilySpec {};  // FormatSpec::name says which
struct RegexSpec {
  std::string expression;
};
struct PresetSpec {
  const JsonMap* map;
};

struct FormatSpec {
  std::string name;  // the canonical name, or the text as it was given
  std::variant<AutoSpec, FamilySpec, PresetSpec, JsonMap, Template, RegexSpec> kind;
};

// Errors (kUsage): an unknown name, with the nearest known one; what is wrong with a pasted format.
Result<FormatSpec> ParseFormatSpec(std::string_view text);

}  // namespace socklog

#endif  // SOCKLOG_FORMAT_FORMAT_SPEC_H_
