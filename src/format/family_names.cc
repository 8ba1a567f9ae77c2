#include "format/family_names.h"

#include "format/entry_builder.h"

namespace socklog {

FamilyNames TellFamilyNames(std::string_view first, std::string_view second, std::string_view rest) {
  const std::size_t blank = rest.find(' ');
  if (second != "-" && blank != std::string_view::npos) {
    const bool identity_third = blank == 1 && rest[0] == '-';
    if (identity_third || StripHostPort(first).size() != first.size()) return {first, second, rest.substr(blank + 1)};
  }
  return {{}, first, rest};
}

}  // namespace socklog
