// Makes requests that look like a web shop's, with errors in exactly the shares that were asked for.
#ifndef SOCKLOG_GENERATE_TRAFFIC_H_
#define SOCKLOG_GENERATE_TRAFFIC_H_

#include <memory>
#include <string>
#include <vector>

#include "format/format.h"
#include "socklog/options.h"
#include "socklog/status.h"
#include "socklog/time.h"

namespace socklog {

// A deterministic stream of requests: the same options (seed and start given) make the same requests.
// Thread-compatible.
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
// Errors (kUsage): as CheckTraffic, and an incident's URL that is not among the URLs.
Result<std::unique_ptr<Traffic>> MakeTraffic(const GenerateOptions& options, Micros start, std::uint64_t seed);

// Says what is wrong with the options that decide the traffic, before anything is made: shares outside 0..1, no users,
// an incident of a kind that is not known, a status that is no error, ... (kUsage).
Status CheckTraffic(const GenerateOptions& options);

// What a user may have meant otherwise, one sentence each: a share of users that is nobody, an incident after the end.
std::vector<std::string> TrafficWarnings(const GenerateOptions& options);

// Log time from the first request to the end of the stream, at the mean rate; 0: it has no end.
Micros TrafficLength(const GenerateOptions& options);

}  // namespace socklog

#endif  // SOCKLOG_GENERATE_TRAFFIC_H_
