// OpenSink: from an endpoint to a Sink.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/log.h"
#include "base/text.h"
#include "transport/file_sink.h"
#include "transport/kafka/kafka_sink.h"
#include "transport/listen_sink.h"
#include "transport/sink_stop.h"
#include "transport/stream_sink.h"
#include "transport/transport.h"

namespace socklog {
namespace {

constexpr Micros kFifoPoll = 50 * kMillisecond;

Result<std::unique_ptr<Sink>> OpenDescriptor(int number, const std::string& name) {
  UniqueFd fd = DuplicateFd(number);
  if (!fd.valid()) return Status::Usage(name + ": is closed; give another output");
  return std::unique_ptr<Sink>(std::make_unique<StreamSink>(name, NewFdChannel(std::move(fd))));
}

// /dev/stdout and the like name an open descriptor. Opened by that path, a file behind it would be written from its
// start once more.
std::optional<int> DescriptorOf(const std::string& path) {
  if (path == "/dev/stdout") return STDOUT_FILENO;
  if (path == "/dev/stderr") return STDERR_FILENO;
  for (const std::string_view prefix : {"/dev/fd/", "/proc/self/fd/"}) {
    if (path.compare(0, prefix.size(), prefix) != 0) continue;
    const std::optional<std::uint64_t> number = ParseUnsigned(std::string_view(path).substr(prefix.size()));
    if (number && *number < (1u << 20)) return static_cast<int>(*number);
  }
  return std::nullopt;
}

Status OpenError(const std::string& path, int error) {
  return Status::Usage(path + ": cannot open for writing: " + ErrnoText(error));
}

// Waits for the FIFO's first reader, as a shell's redirection does, but so that it can be stopped.
Result<std::unique_ptr<Sink>> OpenFifo(const std::string& path) {
  for (;;) {
    UniqueFd fd(open(path.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC));
    if (fd.valid()) return std::unique_ptr<Sink>(std::make_unique<StreamSink>(path, NewFdChannel(std::move(fd))));
    if (errno != ENXIO && errno != EINTR) return OpenError(path, errno);
    if (SinkStopRequested()) return Status(StatusCode::kBrokenPipe, path + ": stopped before a reader came");
    PollSet set;
    set.DueIn(kFifoPoll);
    if (Result<bool> polled = PollUnlessStopped(&set, 0); !polled.ok()) return polled.status();
  }
}

Result<std::unique_ptr<Sink>> OpenFile(const std::string& path, const SinkOptions& options) {
  if (const std::optional<int> number = DescriptorOf(path)) return OpenDescriptor(*number, path);
  struct stat info;
  if (stat(path.c_str(), &info) == 0) {
    if (S_ISDIR(info.st_mode)) return Status::Usage(path + ": is a directory; give a file");
    if (S_ISSOCK(info.st_mode)) return Status::Usage(path + ": is a Unix socket; write unix:" + path);
    if (S_ISFIFO(info.st_mode)) return OpenFifo(path);
    if (!S_ISREG(info.st_mode)) {
      UniqueFd fd(open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY));
      if (!fd.valid()) return OpenError(path, errno);
      return std::unique_ptr<Sink>(std::make_unique<StreamSink>(path, NewFdChannel(std::move(fd))));
    }
  }
  Result<std::unique_ptr<FileSink>> sink = FileSink::Open(path, options.resume_length);
  if (!sink.ok()) return sink.status();
  return std::unique_ptr<Sink>(std::move(sink).value());
}

Result<std::unique_ptr<Sink>> OpenConnection(const Endpoint& endpoint, const SinkOptions& options, const Clock& clock) {
  Result<std::unique_ptr<Connector>> connector = Connector::Create(endpoint, options.connection, clock);
  if (!connector.ok()) return connector.status();
  Result<std::unique_ptr<Channel>> channel = ConnectOrStop(connector->get());
  if (!channel.ok()) return channel.status();
  LogDetail(endpoint.text + ": connected");
  return std::unique_ptr<Sink>(std::make_unique<StreamSink>(
      endpoint.text, std::move(channel).value(), std::move(connector).value(), options.connection.reconnect));
}

Result<std::unique_ptr<Sink>> OpenTopic(const Endpoint& endpoint, const SinkOptions& options, const Clock& clock) {
  Result<std::unique_ptr<KafkaSink>> sink = KafkaSink::Open(endpoint, options, clock);
  if (!sink.ok()) return sink.status();
  return std::unique_ptr<Sink>(std::move(sink).value());
}

Result<std::unique_ptr<Sink>> OpenListening(const Endpoint& endpoint, const SinkOptions& options, const Clock& clock) {
  Result<std::unique_ptr<Listener>> listener = Listener::Open(endpoint, options.connection, clock);
  if (!listener.ok()) return listener.status();
  auto sink = std::make_unique<ListenSink>(std::move(listener).value(), options.connection.once);
  if (options.wait_for_client) {
    LogNote(endpoint.text + ": waiting for a client");
    if (Status status = sink->WaitForClient(); !status.ok()) return status;
  }
  return std::unique_ptr<Sink>(std::move(sink));
}

}  // namespace

bool NamesDescriptor(const std::string& path) { return DescriptorOf(path).has_value(); }

Result<std::unique_ptr<Sink>> OpenSink(const Endpoint& endpoint, const SinkOptions& options, const Clock& clock) {
  switch (endpoint.kind) {
    case Endpoint::Kind::kStdio:
      return OpenDescriptor(STDOUT_FILENO, "stdout");
    case Endpoint::Kind::kFile:
      return OpenFile(endpoint.path, options);
    case Endpoint::Kind::kKafka:
      return OpenTopic(endpoint, options, clock);
    case Endpoint::Kind::kTcp:
    case Endpoint::Kind::kTls:
    case Endpoint::Kind::kUnix:
      return OpenConnection(endpoint, options, clock);
    default:
      return OpenListening(endpoint, options, clock);
  }
}

}  // namespace socklog
