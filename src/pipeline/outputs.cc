#include "pipeline/outputs.h"

#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "alert/alert_json.h"
#include "base/text.h"
#include "report/alert_table.h"
#include "transport/file_io.h"
#include "transport/transport.h"

namespace socklog {
namespace {

std::uint64_t FileLength(const std::string& path) {
  struct stat info = {};
  return stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) ? static_cast<std::uint64_t>(info.st_size) : 0;
}

Result<std::unique_ptr<Sink>> OpenOne(const Endpoint& endpoint, const Options& options, const Clock& clock,
                                      const std::map<std::string, std::uint64_t>* resume, bool may_drop) {
  SinkOptions sink_options;
  sink_options.may_drop = may_drop;
  sink_options.connection = options.connection;
  if (resume != nullptr && endpoint.kind == Endpoint::Kind::kFile) {
    const auto recorded = resume->find(endpoint.text);
    sink_options.resume_length = recorded != resume->end() ? recorded->second : FileLength(endpoint.path);
  }
  return OpenSink(endpoint, sink_options, clock);
}

// Of the terminal that stdout is, 0 if it is none. Windows are resized, so it is asked each time.
std::size_t StdoutColumns() {
  winsize size = {};
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

}  // namespace

Result<std::unique_ptr<Outputs>> Outputs::Open(const Options& options, bool text_on_stdout, bool color,
                                               const Clock& clock, const std::map<std::string, std::uint64_t>* resume,
                                               GroupWork* group) {
  auto outputs = std::make_unique<Outputs>();
  outputs->color_ = color;
  // `writer`: nullptr: of no transaction.
  const auto add = [&](Result<Endpoint> endpoint, bool may_drop, GroupWork* writer) -> Result<Sink*> {
    if (!endpoint.ok()) return endpoint.status();
    const bool in_transaction = writer != nullptr && endpoint->is_topic();
    Result<std::unique_ptr<Sink>> sink =
        in_transaction ? writer->OpenSink(*endpoint) : OpenOne(*endpoint, options, clock, resume, may_drop);
    if (!sink.ok()) return sink.status();
    outputs->all_.push_back({endpoint->text, std::move(*sink)});
    return outputs->all_.back().sink.get();
  };
  const AnalyzeOptions& analyze = options.analyze;
  for (const std::string& text : analyze.alerts_to.empty() ? std::vector<std::string>{"-"} : analyze.alerts_to) {
    Result<Sink*> sink = add(ParseEndpoint(text), /*may_drop=*/false, group);
    if (!sink.ok()) return sink.status();
    if (text == "-" && text_on_stdout) {
      outputs->alerts_text_ = *sink;
    } else {
      ((*sink)->takes_records() ? outputs->alerts_records_ : outputs->alerts_json_).push_back(*sink);
    }
  }
  struct Optional {
    const std::string& text;
    bool is_of_lines;  // that were read: such a line may be too large for a topic
    Sink** place;
  };
  for (const Optional& output : {Optional{analyze.windows_to, false, &outputs->windows_},
                                 Optional{analyze.invalid_requests, true, &outputs->malformed_},
                                 Optional{analyze.late_to, true, &outputs->late_}}) {
    if (output.text.empty()) continue;
    // Lines that are malformed or late are told at least once.
    Result<Sink*> sink = output.is_of_lines ? add(FileOrTopic(output.text), /*may_drop=*/true, nullptr)
                                            : add(ParseEndpoint(output.text), /*may_drop=*/false, group);
    if (!sink.ok()) return sink.status();
    *output.place = *sink;
  }
  return outputs;
}

Status Outputs::WriteAlerts(const std::vector<Alert>& alerts) {
  if (alerts.empty()) return {};
  buffer_.clear();
  for (const Alert& alert : alerts) AppendAlertJson(alert, &buffer_);
  for (Sink* sink : alerts_json_) {
    if (Status status = sink->Write(buffer_); !status.ok()) return status;
  }
  if (!alerts_records_.empty()) {
    if (Status status = WriteAlertRecords(alerts); !status.ok()) return status;
  }
  if (alerts_text_ == nullptr) return {};
  buffer_.clear();
  const std::size_t columns = StdoutColumns();
  for (const Alert& alert : alerts) AppendAlertRow(alert, color_, columns, &buffer_);
  return alerts_text_->Write(buffer_);
}

// As CloudEvents has it for Kafka in binary mode: the event is the value, what is said of it are headers.
Status Outputs::WriteAlertRecords(const std::vector<Alert>& alerts) {
  for (const Alert& alert : alerts) {
    buffer_.clear();
    AppendAlertJson(alert, &buffer_);
    const std::string time = FormatTime(alert.window_end);
    const std::pair<std::string_view, std::string_view> headers[] = {
        {"ce_specversion", "1.0"},           {"ce_id", alert.id},
        {"ce_source", "/socklog"},           {"ce_type", kAlertType},
        {"ce_subject", alert.fingerprint},   {"ce_time", time},
        {"content-type", "application/json"}};
    for (Sink* sink : alerts_records_) {
      if (Status status = sink->WriteRecord({buffer_, alert.fingerprint, alert.window_end, headers}); !status.ok())
        return status;
    }
  }
  return {};
}

Status Outputs::WriteMalformed(std::string_view line) {
  buffer_.assign(line);
  buffer_.push_back('\n');
  return malformed_->Write(buffer_);
}

Status Outputs::Flush(bool durable) {
  for (const Output& output : all_) {
    if (Status status = output.sink->Flush(durable); !status.ok()) return status;
  }
  return {};
}

Status Outputs::Finish() {
  Status first;
  for (const Output& output : all_) {
    Status status = output.sink->Finish();
    if (first.ok()) first = std::move(status);
  }
  return first;
}

std::map<std::string, std::uint64_t> Outputs::Lengths() const {
  std::map<std::string, std::uint64_t> lengths;
  for (const Output& output : all_) lengths[output.endpoint] = output.sink->length();
  return lengths;
}

Status WriteReport(const std::string& path, std::string_view text, const Clock& clock) {
  const Endpoint endpoint = FileOrStdio(path);
  if (endpoint.kind == Endpoint::Kind::kFile && !NamesDescriptor(path)) return WriteFileAtomically(path, text, 0644);
  // The open descriptor, not its path: a shell's `>> FILE` must not be replaced.
  Result<std::unique_ptr<Sink>> sink = OpenSink(endpoint, SinkOptions(), clock);
  if (!sink.ok()) return sink.status();
  if (Status status = (*sink)->Write(text); !status.ok()) return status;
  return (*sink)->Flush(false);
}

}  // namespace socklog
