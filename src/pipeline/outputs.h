// What the jobs write: everything that analyze tells while it runs, and reports at the end.
#ifndef SOCKLOG_PIPELINE_OUTPUTS_H_
#define SOCKLOG_PIPELINE_OUTPUTS_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "socklog/alert.h"
#include "socklog/options.h"
#include "socklog/sink.h"
#include "socklog/status.h"
#include "socklog/time.h"
#include "transport/group_work.h"

namespace socklog {

// Thread-compatible.
class Outputs {
 public:
  // `resume`: nullptr without --state. Otherwise files are kept: up to the length recorded for them there, or to their
  // present length where nothing was recorded. `group`: writes the alerts and windows that go to topics, or nullptr; it
  // must outlive the outputs. Errors: those of OpenSink.
  static Result<std::unique_ptr<Outputs>> Open(const Options& options, bool text_on_stdout, bool color,
                                               const Clock& clock, const std::map<std::string, std::uint64_t>* resume,
                                               GroupWork* group);

  // Errors of all that writes: the sink's (see socklog/sink.h).
  Status WriteAlerts(const std::vector<Alert>& alerts);
  bool wants_windows() const { return windows_ != nullptr; }
  Status WriteWindow(std::string_view line) { return windows_->Write(line); }
  bool wants_malformed() const { return malformed_ != nullptr; }
  Status WriteMalformed(std::string_view line);
  Status WriteLate(std::string_view lines) { return late_->Write(lines); }

  Status Flush(bool durable);
  // The last call: see Sink.
  Status Finish();
  // By endpoint; what a snapshot records, right after Flush.
  std::map<std::string, std::uint64_t> Lengths() const;

 private:
  Status WriteAlertRecords(const std::vector<Alert>& alerts);

  struct Output {
    std::string endpoint;
    std::unique_ptr<Sink> sink;
  };

  std::vector<Output> all_;
  std::vector<Sink*> alerts_json_;
  std::vector<Sink*> alerts_records_;
  Sink* alerts_text_ = nullptr;  // stdout as a table
  Sink* windows_ = nullptr;
  Sink* malformed_ = nullptr;
  Sink* late_ = nullptr;
  bool color_ = false;
  std::string buffer_;
};

// Writes a report as a whole: to a file, which is replaced at once or not at all, or to stdout ("-").
Status WriteReport(const std::string& path, std::string_view text, const Clock& clock);

}  // namespace socklog

#endif  // SOCKLOG_PIPELINE_OUTPUTS_H_
