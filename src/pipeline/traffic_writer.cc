#include "pipeline/traffic_writer.h"

#include <poll.h>
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "base/text.h"
#include "pipeline/jobs.h"
#include "socklog/options.h"

namespace socklog {
namespace {

constexpr std::size_t kBufferBytes = 256 * 1024;
constexpr Micros kShortestWait = kMillisecond;  // lines that follow each other faster share a write
constexpr Micros kLongestWait =
    100 * kMillisecond;  // a stop that a signal requests just before the wait is seen after it
constexpr Micros kProgressStep = 500 * kMillisecond;

// Returns early when a signal arrives.
void Sleep(Micros length) {
  const timespec timeout{length / kSecond, static_cast<long>(length % kSecond) * 1000};
  ppoll(nullptr, 0, &timeout, nullptr);
}

}  // namespace

TrafficWriter::TrafficWriter(const Settings& settings, LogWriter* writer, std::vector<std::unique_ptr<Sink>> sinks,
                             const Clock& clock)
    : settings_(settings), writer_(*writer), sinks_(std::move(sinks)), clock_(clock) {}

Status TrafficWriter::Run(Traffic* traffic) {
  total_ = traffic->total();
  begin_ = last_progress_ = clock_.Monotonic();
  next_progress_ = begin_ + kProgressStep;
  const bool paced = settings_.speed > 0;
  Status status;
  WrittenRequest request;
  while (status.ok() && !StopRequested() && traffic->Next(&request)) {
    if (paced) {
      status = WaitUntil(DueTime(request.time));
      if (!status.ok() || StopRequested()) break;
    }
    writer_.Write(request, &buffer_);
    log_time_ = request.time;
    ++lines_;
    if (buffer_.size() >= kBufferBytes) status = WriteBuffer();
  }
  if (status.ok()) status = Flush();
  ClearProgress();
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
    ShowProgress(now);
    Sleep(std::min(due - now, kLongestWait));
    now = clock_.Monotonic();
  }
  return {};
}

Status TrafficWriter::WriteBuffer() {
  Status status = ForEachSink([this](Sink* sink) { return sink->Write(buffer_); });
  buffer_.clear();
  if (settings_.progress) ShowProgress(clock_.Monotonic());
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

void TrafficWriter::ShowProgress(Micros now) {
  if (!settings_.progress || now < next_progress_) return;
  const double seconds = static_cast<double>(now - last_progress_) / kSecond;
  const double rate = static_cast<double>(lines_ - last_lines_) / seconds;
  std::string text = "\r\033[K" + FormatThousands(lines_);
  if (total_ != kUnlimited) text += " of " + FormatThousands(total_);
  text += " lines, log time " + FormatTimeForPeople(log_time_) + ", " +
          FormatThousands(static_cast<std::uint64_t>(rate)) + " lines/s";
  if (total_ != kUnlimited && lines_ > 0) {
    const double left =
        static_cast<double>(total_ - lines_) / static_cast<double>(lines_) * static_cast<double>(now - begin_);
    text += ", " + FormatDuration(static_cast<Micros>(std::min(left, 1e15)) / kSecond * kSecond) + " left";
  }
  std::fputs(text.c_str(), stderr);
  last_progress_ = now;
  last_lines_ = lines_;
  next_progress_ = now + kProgressStep;
}

void TrafficWriter::ClearProgress() const {
  if (settings_.progress && last_progress_ != begin_) std::fputs("\r\033[K", stderr);
}

}  // namespace socklog
