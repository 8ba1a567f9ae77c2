// The words before the time stamp in lines of the Apache family.
#ifndef SOCKLOG_FORMAT_FAMILY_NAMES_H_
#define SOCKLOG_FORMAT_FAMILY_NAMES_H_

#include <string_view>

namespace socklog {

// The words with their meaning; views into the line. `host` is empty where the line has none.
struct FamilyNames {
  std::string_view host, client, user;
};

// `rest`: all words after the second. The identity (identd) is nearly always "-", and shows which of the words is
// which.
FamilyNames TellFamilyNames(std::string_view first, std::string_view second, std::string_view rest);

}  // namespace socklog

#endif  // SOCKLOG_FORMAT_FAMILY_NAMES_H_
