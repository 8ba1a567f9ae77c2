// An endpoint that a configuration names, and what for.
#ifndef SOCKLOG_ENDPOINT_USE_H_
#define SOCKLOG_ENDPOINT_USE_H_

#include <string>

#include "socklog/options.h"

namespace socklog {

enum class EndpointRole {
  kInput,       // is read
  kOutput,      // is written
  kOutputFile,  // is written; a path, whatever it looks like
  kState,       // a directory of its own
};

struct EndpointUse {
  EndpointRole role = EndpointRole::kInput;
  std::string text;  // as the user wrote it
  ConnectionOptions connection;
};

}  // namespace socklog

#endif  // SOCKLOG_ENDPOINT_USE_H_
