// Which part of a LogEntry a piece of a line becomes, and how.
#ifndef SOCKLOG_FORMAT_FIELD_RULE_H_
#define SOCKLOG_FORMAT_FIELD_RULE_H_

#include <cstdint>

#include "format/timestamp.h"

namespace socklog {

enum class Field : std::uint8_t {
  kTime,      // a complete time stamp
  kTimePart,  // one of several pieces of it
  kStatus,
  kRequest,  // the request line: method, target, protocol
  kMethod,
  kTarget,  // path with query
  kPath,    // the target without its query, which kQuery may add
  kQuery,
  kProtocol,
  kHost,        // a port is cut off
  kClient,      // a port is cut off
  kClientList,  // a list of addresses of which the first is the client (X-Forwarded-For)
  kUser,
  kAgent,
  kReferer,
  kUserHeader,
  kClientHeader,
  kBytes,
  kDuration,
};

struct FieldRule {
  Field field = Field::kTime;
  TimeSpelling time;    // kTime, kTimePart
  bool at_end = false;  // kTime, kTimePart: the request's end is stamped
  int exponent = 0;     // kDuration: of ten, from its unit to microseconds (6: seconds, -3: nanoseconds)
};

// What is wrong with a piece that does not fit its rule; static storage.
const char* FieldReason(const FieldRule& rule);

}  // namespace socklog

#endif  // SOCKLOG_FORMAT_FIELD_RULE_H_
