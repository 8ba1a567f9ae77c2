// An endpoint that a configuration names, and what for.
#ifndef SOCKLOG_ENDPOINT_USE_H_
#define SOCKLOG_ENDPOINT_USE_H_

#include <string>

#include "socklog/options.h"

namespace socklog {

enum class EndpointRole {
  kInput,        // is read
  kOutput,       // is written
  kOutputFile,   // is written; a path, whatever it looks like
  kState,        // a directory of its own
  kGroupOutput,  // a topic that a group's transactions write
  kGroupState,   // the topic of a group's state
};

struct EndpointUse {
  EndpointRole role = EndpointRole::kInput;
  std::string text;  // as the user wrote it
  ConnectionOptions connection;
};

}  // namespace socklog

#endif  // SOCKLOG_ENDPOINT_USE_H_
