// SIGINT and SIGTERM, as the rest of the program sees them.
#ifndef SOCKLOG_PIPELINE_STOP_H_
#define SOCKLOG_PIPELINE_STOP_H_

#include "socklog/source.h"

namespace socklog {

// While it lives, RequestStop() also stops `source`. At most one at a time. The source must outlive it.
class StopsSource {
 public:
  explicit StopsSource(Source& source);
  ~StopsSource();
  StopsSource(const StopsSource&) = delete;
  StopsSource& operator=(const StopsSource&) = delete;
};

}  // namespace socklog

#endif  // SOCKLOG_PIPELINE_STOP_H_
