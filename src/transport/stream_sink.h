// Output to stdout, a FIFO, a device, or a connection.
#ifndef SOCKLOG_TRANSPORT_STREAM_SINK_H_
#define SOCKLOG_TRANSPORT_STREAM_SINK_H_

#include <memory>
#include <string>

#include "socklog/sink.h"
#include "transport/connector.h"

namespace socklog {

// How much a sink collects before it writes.
inline constexpr std::size_t kSinkBufferBytes = 64 * 1024;

// What a slow reader has left once the program is to stop.
inline constexpr Micros kStopPatience = 500 * kMillisecond;

// Connects, blocking, until options.connect_timeout or StopSinks (kBrokenPipe).
Result<std::unique_ptr<Channel>> ConnectOrStop(Connector* connector);

// Thread-compatible.
class StreamSink : public Sink {
 public:
  // stdout, a FIFO or a device: a reader that goes, as `| head` does, is kBrokenPipe.
  StreamSink(std::string name, std::unique_ptr<Channel> channel);
  // A connection that `connector` made: a peer that goes is kFailed, or, with `reconnect`, a new connection is made. It
  // begins with the first line of the buffer that was not wholly sent, or, when Flush finds that the peer has gone,
  // with the whole buffer: some lines may come twice. What left the buffer before and the peer had not read is lost.
  StreamSink(std::string name, std::unique_ptr<Channel> channel, std::unique_ptr<Connector> connector, bool reconnect);
  // Says goodbye to the peer. What was not flushed is lost.
  ~StreamSink() override;

  Status Write(std::string_view lines) override;
  Status Flush(bool durable) override;
  std::uint64_t length() const override { return 0; }

 private:
  // `lines`: the buffer, or what is so much that it needs none; the first sent_ bytes of it have been sent.
  Status Send(std::string_view lines);
  Status PeerHasGone(std::string_view lines);
  Status Reconnect(std::string_view lines);
  void Forget();

  const std::string name_;
  std::unique_ptr<Channel> channel_;
  std::unique_ptr<Connector> connector_;  // none: no connection
  const bool reconnect_ = false;
  std::string buffer_;
  std::size_t sent_ = 0;  // bytes of what is being sent
  Status failed_;         // once and for all
};

}  // namespace socklog

#endif  // SOCKLOG_TRANSPORT_STREAM_SINK_H_
