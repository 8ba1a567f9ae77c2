// Injected trouble with a start and an end.
#ifndef SOCKLOG_GENERATE_INCIDENTS_H_
#define SOCKLOG_GENERATE_INCIDENTS_H_

#include <cstdint>
#include <vector>

#include "generate/site.h"
#include "socklog/options.h"
#include "socklog/status.h"
#include "socklog/time.h"

namespace socklog {

// The incidents of one stream. Immutable, thread-safe.
class Incidents {
 public:
  // Error (kUsage): an incident's URL is not among `pages`.
  static Result<Incidents> Make(const std::vector<Incident>& incidents, const std::vector<Page>& pages, Micros start);

  // The share of requests to page `page` that fail at `time`: that of the strongest incident, 0 if there is none.
  double FailureRate(Micros time, std::uint32_t page) const;

 private:
  static constexpr std::uint32_t kEveryPage = 0xffffffff;

  struct Active {
    Micros start = 0;
    Micros end = 0;  // exclusive
    double rate = 0;
    std::uint32_t page = kEveryPage;
  };

  std::vector<Active> incidents_;
  Micros last_end_ = kNoTime;  // of all: nothing happens at or after it
};

}  // namespace socklog

#endif  // SOCKLOG_GENERATE_INCIDENTS_H_
