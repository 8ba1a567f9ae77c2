#include "transport/listen_sink.h"

#include <algorithm>

#include "base/log.h"
#include "transport/sink_stop.h"
#include "transport/stream_sink.h"

namespace socklog {

ListenSink::~ListenSink() {
  for (Reader& reader : readers_) reader.client.channel->CloseWriting();
}

template <typename Condition>
void ListenSink::DropIf(Condition has_gone) {
  const auto drop = [&has_gone](Reader& reader) {
    if (!has_gone(reader)) return false;
    LogDetail(reader.client.name + ": has gone");
    return true;
  };
  const auto rest = std::remove_if(readers_.begin(), readers_.end(), drop);
  any_has_gone_ = any_has_gone_ || rest != readers_.end();
  readers_.erase(rest, readers_.end());
  if (once_ && any_has_gone_) listener_->Close();
}

void ListenSink::AcceptClients() {
  // Those that have gone must not keep their places from those that come.
  DropIf([](const Reader& reader) { return !IsPeerThere(reader.client.channel->fd(), 0); });
  if (listener_->open() && listener_->HasQueue(readers_.size()))
    DropIf([](const Reader& reader) { return ReadyNow(reader.client.channel->fd(), POLLRDHUP); });
  if (!listener_->open()) return;
  for (Client& client : listener_->Accept(readers_.size())) {
    LogDetail(client.name + ": connected");
    readers_.push_back({std::move(client), 0});
  }
}

Status ListenSink::WaitForClient() {
  for (;;) {
    if (SinkStopRequested())
      return Status(StatusCode::kBrokenPipe, listener_->name() + ": stopped before a client came");
    AcceptClients();
    if (!readers_.empty()) return Status();
    PollSet set;
    listener_->AddTo(&set, 0);
    if (Result<bool> polled = PollUnlessStopped(&set, 0); !polled.ok()) return polled.status();
  }
}

Status ListenSink::Write(std::string_view lines) {
  buffer_.append(lines);
  return buffer_.size() >= kSinkBufferBytes ? Drain() : Status();
}

Status ListenSink::Flush(bool) { return Drain(); }

// Sends what the reader takes without blocking; false if it has gone.
bool ListenSink::SendTo(Reader* reader) {
  while (reader->sent < buffer_.size()) {
    IoResult io = reader->client.channel->Write(std::string_view(buffer_).substr(reader->sent));
    if (io.state == IoState::kWouldBlock) return true;
    if (io.state == IoState::kError) LogWarning(reader->client.name + ": " + io.error.message() + "; it is dropped");
    if (io.state != IoState::kDone) return false;
    reader->sent += io.bytes;
  }
  return true;
}

Status ListenSink::Drain() {
  Status status;
  for (;;) {
    AcceptClients();
    DropIf([this](Reader& reader) { return !SendTo(&reader); });
    PollSet set;
    bool blocked = false;
    for (const Reader& reader : readers_) {
      if (reader.sent == buffer_.size()) continue;
      blocked = true;
      set.Add(reader.client.channel->fd(), reader.client.channel->write_events());
    }
    if (!blocked) break;
    // Those that come during a stop give no slow reader more time.
    if (listener_->open() && !SinkStopRequested()) listener_->AddTo(&set, readers_.size());
    Result<bool> ready = PollUnlessStopped(&set, kStopPatience);
    if (!ready.ok()) return ready.status();
    if (!*ready) {
      status = Status::Failed(listener_->name() + ": a client does not read; at the stop not everything was written");
      break;
    }
  }
  buffer_.clear();
  for (Reader& reader : readers_) reader.sent = 0;
  if (status.ok() && once_ && any_has_gone_ && readers_.empty()) {
    return Status(StatusCode::kBrokenPipe, listener_->name() + ": the client has gone");
  }
  return status;
}

}  // namespace socklog
