// Messages to people, on stderr. The only user of spdlog.
#ifndef SOCKLOG_BASE_LOG_H_
#define SOCKLOG_BASE_LOG_H_

#include <string_view>

namespace socklog {

// REQUIRES: called once, before any thread starts. verbosity: 0 shows warnings and notes, -1 no notes, -2 nothing,
// 1 details, too. `color`: whether stderr takes colours.
void InitLog(int verbosity, bool color);

// Writes "socklog: warning: ..." (notes have no such word) as one line. Control bytes are made printable.
// Thread-safe.
void LogWarning(std::string_view message);
void LogWarningOnce(std::string_view message);  // the same text once in the life of the process
void LogNote(std::string_view message);         // what a user wants to know by default: the format that was chosen, ...
void LogDetail(std::string_view message);       // -v

}  // namespace socklog

#endif  // SOCKLOG_BASE_LOG_H_
