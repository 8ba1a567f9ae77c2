#include "transport/stream_sink.h"

#include "base/log.h"
#include "base/text.h"
#include "transport/sink_stop.h"

namespace socklog {
namespace {

// How long to wait for a peer that may have gone to say so.
constexpr Micros kAnswerPatience = 200 * kMillisecond;

}  // namespace

Result<std::unique_ptr<Channel>> ConnectOrStop(Connector* connector) {
  for (;;) {
    if (SinkStopRequested())
      return Status(StatusCode::kBrokenPipe, connector->name() + ": stopped before there was a connection");
    Result<std::unique_ptr<Channel>> channel = connector->Step();
    if (!channel.ok() || *channel != nullptr) return channel;
    PollSet set;
    connector->AddTo(&set);
    if (Result<bool> polled = PollUnlessStopped(&set, 0); !polled.ok()) return polled.status();
  }
}

StreamSink::StreamSink(std::string name, std::unique_ptr<Channel> channel)
    : name_(std::move(name)), channel_(std::move(channel)) {}

StreamSink::StreamSink(std::string name, std::unique_ptr<Channel> channel, std::unique_ptr<Connector> connector,
                       bool reconnect)
    : name_(std::move(name)), channel_(std::move(channel)), connector_(std::move(connector)), reconnect_(reconnect) {}

StreamSink::~StreamSink() {
  if (channel_ != nullptr && failed_.ok()) channel_->CloseWriting();
}

Status StreamSink::Write(std::string_view lines) {
  if (!failed_.ok()) return failed_;
  if (!buffer_.empty() || lines.size() < kSinkBufferBytes) {
    buffer_.append(lines);
    if (buffer_.size() < kSinkBufferBytes) return Status();
    lines = buffer_;
  }
  if (Status status = Send(lines); !status.ok()) return failed_ = status;
  Forget();
  return Status();
}

Status StreamSink::Flush(bool) {
  if (!failed_.ok()) return failed_;
  for (;;) {
    if (Status status = Send(buffer_); !status.ok()) return failed_ = status;
    const bool matters = connector_ != nullptr && !(reconnect_ && buffer_.empty());
    if (!matters || IsPeerThere(channel_->fd(), kAnswerPatience)) break;
    if (Status status = PeerHasGone(buffer_); !status.ok()) return failed_ = status;
    sent_ = 0;  // what of it has arrived is not known, and twice is better than never
  }
  Forget();
  return Status();
}

void StreamSink::Forget() {
  buffer_.clear();
  sent_ = 0;
}

Status StreamSink::Send(std::string_view lines) {
  while (sent_ < lines.size()) {
    IoResult io = channel_->Write(lines.substr(sent_));
    switch (io.state) {
      case IoState::kDone:
        sent_ += io.bytes;
        break;
      case IoState::kWouldBlock: {
        PollSet set;
        set.Add(channel_->fd(), channel_->write_events());
        Result<bool> ready = PollUnlessStopped(&set, kStopPatience);
        if (!ready.ok()) return ready.status();
        if (!*ready)
          return Status::Failed(name_ + ": its reader does not read; at the stop " +
                                FormatCount(lines.size() - sent_, "byte") +
                                (lines.size() - sent_ == 1 ? " was" : " were") + " not written");
        break;
      }
      case IoState::kEnd:
        if (Status status = PeerHasGone(lines); !status.ok()) return status;
        break;
      case IoState::kCut:
      case IoState::kError:
        return Status(io.error.code(), name_ + ": " + io.error.message());
    }
  }
  return Status();
}

Status StreamSink::PeerHasGone(std::string_view lines) {
  if (connector_ == nullptr) return Status(StatusCode::kBrokenPipe, name_ + ": the reader has gone");
  if (reconnect_) return Reconnect(lines);
  return Status::Failed(name_ +
                        ": the peer closed the connection, lines may be lost; start it again, and give --reconnect to "
                        "connect again by itself");
}

Status StreamSink::Reconnect(std::string_view lines) {
  LogNote(name_ + ": the connection has ended; connecting again, lines on their way may be lost");
  channel_.reset();
  connector_->Restart();
  Result<std::unique_ptr<Channel>> channel = ConnectOrStop(connector_.get());
  if (!channel.ok()) return channel.status();
  channel_ = std::move(channel).value();
  // The new reader gets whole lines only.
  const std::size_t newline = sent_ == 0 ? std::string_view::npos : lines.rfind('\n', sent_ - 1);
  sent_ = newline == std::string_view::npos ? 0 : newline + 1;
  return Status();
}

}  // namespace socklog
