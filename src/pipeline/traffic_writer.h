// Writes generated requests as their time comes.
#ifndef SOCKLOG_PIPELINE_TRAFFIC_WRITER_H_
#define SOCKLOG_PIPELINE_TRAFFIC_WRITER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "format/format.h"
#include "generate/traffic.h"
#include "report/progress_line.h"
#include "socklog/sink.h"
#include "socklog/status.h"
#include "socklog/time.h"

namespace socklog {

// One stream of lines to one or more sinks, which all get the same bytes. Thread-compatible.
class TrafficWriter {
 public:
  struct Settings {
    double speed = 1;       // log seconds per real second; 0: as fast as possible
    Micros start = 0;       // log time that is now
    bool progress = false;  // a line on stderr that is kept up to date
  };

  // Everything is borrowed but the sinks.
  TrafficWriter(const Settings& settings, LogWriter* writer, std::vector<std::unique_ptr<Sink>> sinks,
                const Clock& clock);

  // Runs until the traffic has ended or StopRequested(). A request is written when its time has come and can be read by
  // then; a schedule that is absolute does not drift, and after a pause (a slow reader) what is overdue follows at
  // once. A sink whose reader has gone is left out; kBrokenPipe when there is none left. Other errors are the sinks'.
  Status Run(Traffic* traffic);

 private:
  Micros DueTime(Micros log_time) const;
  // Hands over what is complete, then waits. Returns early when a stop is requested.
  Status WaitUntil(Micros due);
  void WriteLine(const WrittenRequest& request);
  Status WriteBuffer();
  Status WriteRecords(Sink* sink) const;
  Status Flush();
  // Calls `action` on each sink and drops those whose reader has gone.
  template <typename Action>
  Status ForEachSink(Action action);

  const Settings settings_;
  LogWriter& writer_;
  std::vector<std::unique_ptr<Sink>> sinks_;
  const Clock& clock_;
  ProgressLine progress_;

  std::string buffer_;  // whole lines not yet written
  // Where in buffer_ and keys_ each of these lines ends; kept only where a sink takes records.
  struct LineEnd {
    std::size_t line;
    std::size_t key;
  };
  bool keeps_ends_ = false;
  std::vector<LineEnd> ends_;
  std::string keys_;  // of the lines: who made the request
  Micros begin_ = 0;  // when settings_.start was now, monotonic
  Micros log_time_ = kNoTime;
  std::uint64_t lines_ = 0;
  std::uint64_t total_ = 0;
};

}  // namespace socklog

#endif  // SOCKLOG_PIPELINE_TRAFFIC_WRITER_H_
