#include "pipeline/traffic_writer.h"

#include <poll.h>
#include <time.h>

#include <algorithm>
#include <utility>

#include "pipeline/jobs.h"

namespace socklog {
namespace {

constexpr std::size_t kBufferBytes = 256 * 1024;
constexpr Micros kShortestWait = kMillisecond;  // lines that follow each other faster share a write
constexpr Micros kLongestWait =
    100 * kMillisecond;  // a stop that a signal requests just before the wait is seen after it

// Returns early when a signal arrives.
void Sleep(Micros length) {
  const timespec timeout{length / kSecond, static_cast<long>(length % kSecond) * 1000};
  ppoll(nullptr, 0, &timeout, nullptr);
}

}  // namespace

TrafficWriter::TrafficWriter(const Settings& settings, LogWriter* writer, std::vector<std::unique_ptr<Sink>> sinks,
                             const Clock& clock)
    : settings_(settings),
      writer_(*writer),
      sinks_(std::move(sinks)),
      clock_(clock),
      progress_(settings.progress, clock),
      keeps_ends_(std::any_of(sinks_.begin(), sinks_.end(), [](const auto& sink) { return sink->takes_records(); })) {}

Status TrafficWriter::Run(Traffic* traffic) {
  total_ = traffic->total();
  begin_ = clock_.Monotonic();
  const bool paced = settings_.speed > 0;
  Status status;
  WrittenRequest request;
  while (status.ok() && !StopRequested() && traffic->Next(&request)) {
    if (!IsLogTime(request.time)) {
      status = Flush();
      if (status.ok()) status = Status::Failed("log time has come to the year 9999; later lines could not be read");
      break;
    }
    if (paced) {
      status = WaitUntil(DueTime(request.time));
      if (!status.ok() || StopRequested()) break;
    }
    WriteLine(request);
    if (buffer_.size() >= kBufferBytes) status = WriteBuffer();
  }
  if (status.ok()) status = Flush();
  if (status.ok()) status = ForEachSink([](Sink* sink) { return sink->Finish(); });
  progress_.Clear();
  return status;
}

Micros TrafficWriter::DueTime(Micros log_time) const {
  constexpr double kForEver = 1e18;
  const double wait = static_cast<double>(log_time - settings_.start) / settings_.speed;
  return begin_ + static_cast<Micros>(std::min(wait, kForEver));
}

Status TrafficWriter::WaitUntil(Micros due) {
  Micros now = clock_.Monotonic();
  if (now >= due) return {};
  if (Status status = Flush(); !status.ok()) return status;
  now = clock_.Monotonic();
  due = std::max(due, now + kShortestWait);
  while (now < due && !StopRequested()) {
    progress_.Update(lines_, log_time_, total_);
    Sleep(std::min(due - now, kLongestWait));
    now = clock_.Monotonic();
  }
  return {};
}

void TrafficWriter::WriteLine(const WrittenRequest& request) {
  writer_.Write(request, &buffer_);
  log_time_ = request.time;
  ++lines_;
  if (!keeps_ends_) return;
  keys_.append(request.user.empty() ? request.client : request.user);
  ends_.push_back({buffer_.size(), keys_.size()});
}

// All of one user's lines have one key, so that they stay in one partition and in order.
Status TrafficWriter::WriteRecords(Sink* sink) const {
  const std::string_view lines = buffer_;
  const std::string_view keys = keys_;
  LineEnd begin{0, 0};
  for (const LineEnd& end : ends_) {
    const OutputRecord record{lines.substr(begin.line, end.line - begin.line),
                              keys.substr(begin.key, end.key - begin.key)};
    if (Status status = sink->WriteRecord(record); !status.ok()) return status;
    begin = end;
  }
  return {};
}

Status TrafficWriter::WriteBuffer() {
  Status status =
      ForEachSink([this](Sink* sink) { return sink->takes_records() ? WriteRecords(sink) : sink->Write(buffer_); });
  buffer_.clear();
  ends_.clear();
  keys_.clear();
  progress_.Update(lines_, log_time_, total_);
  return status;
}

Status TrafficWriter::Flush() {
  if (!buffer_.empty()) {
    if (Status status = WriteBuffer(); !status.ok()) return status;
  }
  return ForEachSink([](Sink* sink) { return sink->Flush(/*durable=*/false); });
}

template <typename Action>
Status TrafficWriter::ForEachSink(Action action) {
  for (auto sink = sinks_.begin(); sink != sinks_.end();) {
    Status status = action(sink->get());
    if (status.ok()) {
      ++sink;
      continue;
    }
    if (status.code() != StatusCode::kBrokenPipe || sinks_.size() == 1) return status;
    sink = sinks_.erase(sink);
  }
  return {};
}

}  // namespace socklog
