// What the tests of sinks need.
#ifndef SOCKLOG_TESTS_UNIT_TRANSPORT_SINK_TESTING_H_
#define SOCKLOG_TESTS_UNIT_TRANSPORT_SINK_TESTING_H_

#include <memory>
#include <stdexcept>
#include <string>

#include "testing.h"
#include "transport/sink_stop.h"

namespace socklog::testing {

// REQUIRES: opens
inline std::unique_ptr<Sink> Open(const std::string& endpoint, const SinkOptions& options = {}) {
  Result<std::unique_ptr<Sink>> sink = OpenSink(At(endpoint), options, TestClock());
  if (!sink.ok()) throw std::runtime_error(sink.status().message());
  return std::move(sink).value();
}

// The error of opening that output; ok if it opens.
inline Status OpenError(const std::string& endpoint, const SinkOptions& options = {}) {
  Result<std::unique_ptr<Sink>> sink = OpenSink(At(endpoint), options, TestClock());
  return sink.ok() ? Status() : sink.status();
}

// StopSinks for one test.
class StopAfterwards {
 public:
  ~StopAfterwards() { ResetSinkStopForTest(); }
};

}  // namespace socklog::testing

#endif  // SOCKLOG_TESTS_UNIT_TRANSPORT_SINK_TESTING_H_
