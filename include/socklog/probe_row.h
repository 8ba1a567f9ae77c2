// One thing that was tried of what a configuration names, and what came of it.
#ifndef SOCKLOG_PROBE_ROW_H_
#define SOCKLOG_PROBE_ROW_H_

#include <cstddef>
#include <string>

namespace socklog {

struct ProbeRow {
  enum class Outcome { kOk, kWarning, kFailed, kNotTried };
  std::size_t use = 0;   // which of those that were given to the probe
  std::string check;     // "file", "directory", "connection", "listening"; Kafka's: see transport/kafka_probe.h
  std::string endpoint;  // as the user wrote it; of Kafka's brokers as a whole without a topic
  Outcome outcome = Outcome::kOk;
  std::string detail;  // what was found, or why not; of a failure and a warning all there is to say. Never has a secret
  bool of_kafka = false;  // one of several of its endpoint
};

}  // namespace socklog

#endif  // SOCKLOG_PROBE_ROW_H_
