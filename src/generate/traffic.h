// Makes requests that look like a web shop's, with errors in exactly the shares that were asked for.
#ifndef SOCKLOG_GENERATE_TRAFFIC_H_
#define SOCKLOG_GENERATE_TRAFFIC_H_

#include <memory>
#include <string>

#include "format/format.h"
#include "socklog/options.h"
#include "socklog/status.h"
#include "socklog/time.h"

namespace socklog {

// A deterministic stream of requests: the same options (seed and start given) make the same requests. Thread-compatible.
class Traffic {
 public:
  virtual ~Traffic() = default;
  // Fills *request with the next one; false at the end (--count, --duration). Views stay valid until the next call.
  // Times never decrease.
  virtual bool Next(WrittenRequest* request) = 0;
  // Requests this stream will make, or kUnlimited.
  virtual std::uint64_t total() const = 0;
};

// `start`: log time of the first request; `seed`: as given or drawn by the caller.
// Errors (kUsage): shares outside 0..1, an incident's URL that is not among the URLs, no users, ...
Result<std::unique_ptr<Traffic>> MakeTraffic(const GenerateOptions& options, Micros start, std::uint64_t seed);

}  // namespace socklog

#endif  // SOCKLOG_GENERATE_TRAFFIC_H_
