// What comes once and cannot be read again: stdin, a FIFO, a connection.
#ifndef SOCKLOG_TRANSPORT_STREAM_PARTITION_H_
#define SOCKLOG_TRANSPORT_STREAM_PARTITION_H_

#include <memory>
#include <string>

#include "base/line_splitter.h"
#include "transport/connector.h"
#include "transport/listener.h"
#include "transport/partition.h"

namespace socklog {

// The end of the stream is the end of the partition; an unfinished last line is handed out as a line. A stream that
// breaks off (reset by the peer, TLS without its end) is a warning and an end like any other; so is whatever else goes
// wrong with a client, since anybody can be one. Thread-compatible.
class StreamPartition : public Partition {
 public:
  // stdin, a FIFO, a device. Compressed data is unpacked.
  StreamPartition(std::string name, std::unique_ptr<Channel> channel, bool can_idle, const PartitionContext& context);

  // A client that was accepted.
  StreamPartition(Client client, const PartitionContext& context);

  // Connects when it is first read or waited for. With `reconnect` the peer's close is not the end: the unfinished line
  // is handed out, and the partition goes on with the next connection.
  StreamPartition(std::string name, std::unique_ptr<Connector> connector, bool reconnect,
                  const PartitionContext& context);

  // Not while there is no connection: unreachable is not silent.
  bool can_idle() const override { return can_idle_ && channel_ != nullptr; }
  Result<Progress> Read(Block* block) override;
  std::string EncodePosition(Position) const override { return ""; }
  void AddTo(PollSet* set) const override;
  bool HasNews(const PollSet& set) override;

 private:
  Status Connect();
  void Fill(Block* block);
  Result<Progress> AfterLastLine(Block* block);
  Result<Progress> Ended(Block* block);

  const PartitionContext context_;
  std::unique_ptr<Connector> connector_;  // nullptr: there is nothing to connect to
  std::unique_ptr<Channel> channel_;      // nullptr: not connected (now)
  PlainTextReader reader_;
  LineSplitter splitter_;
  IoResult last_read_;  // what ended the stream comes after the lines before it
  Status failed_;       // found while waiting; Read says it
  const bool can_idle_;
  const bool reconnect_ = false;
  const bool is_client_ = false;
  bool ended_ = false;
};

}  // namespace socklog

#endif  // SOCKLOG_TRANSPORT_STREAM_PARTITION_H_
