// Output to whoever connects.
#ifndef SOCKLOG_TRANSPORT_LISTEN_SINK_H_
#define SOCKLOG_TRANSPORT_LISTEN_SINK_H_

#include <memory>
#include <string>
#include <vector>

#include "socklog/sink.h"
#include "transport/listener.h"

namespace socklog {

// Each client gets whole lines, from when it joined. The slowest one sets the pace. One that goes is dropped without a
// word; with none left the output is discarded until the next one joins, or, with `once`, the end: kBrokenPipe. A
// client that has ended its own stream may read on; but once others wait for its place, it counts as gone.
// Thread-compatible.
class ListenSink : public Sink {
 public:
  ListenSink(std::unique_ptr<Listener> listener, bool once) : listener_(std::move(listener)), once_(once) {}
  ~ListenSink() override;

  // Blocks until a client is there; StopSinks: kBrokenPipe.
  Status WaitForClient();

  Status Write(std::string_view lines) override;
  Status Flush(bool durable) override;
  std::uint64_t length() const override { return 0; }

 private:
  struct Reader {
    Client client;
    std::size_t sent = 0;  // bytes of buffer_
  };

  void AcceptClients();
  Status Drain();
  bool SendTo(Reader* reader);
  template <typename Condition>
  void DropIf(Condition has_gone);

  const std::unique_ptr<Listener> listener_;
  const bool once_;
  std::vector<Reader> readers_;
  bool any_has_gone_ = false;
  std::string buffer_;
};

}  // namespace socklog

#endif  // SOCKLOG_TRANSPORT_LISTEN_SINK_H_
