#include "transport/probe.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "transport/connector.h"
#include "transport/file_io.h"
#include "transport/file_stream.h"
#include "transport/listener.h"
#include "transport/tls.h"

namespace socklog {
namespace {

constexpr Micros kLongestProbe = 3 * kSecond;
constexpr Micros kRefusalPatience = 300 * kMillisecond;

Status CannotWrite(const std::string& path, const std::string& why) {
  return Status::Usage(path + ": cannot be written: " + why);
}

Result<std::string> CanBeWritten(const std::string& path, int how) {
  if (access(path.c_str(), how) != 0) return CannotWrite(path, ErrnoText(errno));
  return std::string("can be written");
}

Result<std::string> CanBeMade(const std::string& path) {
  const std::string directory = DirectoryOf(path);
  if (access(directory.c_str(), W_OK | X_OK) != 0) return CannotWrite(path, directory + ": " + ErrnoText(errno));
  return std::string("can be made");
}

// "state/" lies in ".", not in itself.
std::string WithoutSlashes(const std::string& path) { return path.substr(0, path.find_last_not_of('/') + 1); }

Result<std::string> ProbeInputFile(const std::string& path) {
  struct stat info;
  // Opening a FIFO would let go a writer that waits for its reader.
  if (stat(path.c_str(), &info) == 0 && S_ISFIFO(info.st_mode)) {
    if (access(path.c_str(), R_OK) != 0) return Status::Usage(path + ": cannot open: " + ErrnoText(errno));
  } else if (Result<UniqueFd> fd = OpenForReading(path); !fd.ok()) {
    return fd.status();
  }
  return std::string("can be read");
}

Result<std::string> ProbeOutputFile(const std::string& path) {
  struct stat info;
  if (stat(path.c_str(), &info) != 0) return errno == ENOENT ? CanBeMade(path) : CannotWrite(path, ErrnoText(errno));
  if (S_ISDIR(info.st_mode)) return Status::Usage(path + ": is a directory; give a file");
  if (S_ISSOCK(info.st_mode)) return Status::Usage(path + ": is a Unix socket; write unix:" + path);
  return CanBeWritten(path, W_OK);
}

// "; its certificate ends in 41 days"
Result<std::string> DescribeEnd(const std::string& name, Micros end, const Clock& clock) {
  if (end == kNoTime) return std::string();
  const Micros left = end - clock.Now();
  if (left <= 0) return Status::Usage(name + ": its certificate has expired; renew it");
  const std::int64_t days = left / kDay;
  return "; its certificate ends in " + std::to_string(days) + (days == 1 ? " day" : " days");
}

std::string WhatToDo(StatusCode code) {
  switch (code) {
    case StatusCode::kUnavailable:
      return "; start it, or correct the endpoint";
    case StatusCode::kFailed:
      return "; correct its certificate, or --tls-ca, --tls-cert and --tls-key here";
    default:
      return "";
  }
}

// In TLS 1.3 a server judges this side's certificate after the handshake is done here. It says so only if it refuses.
Status WaitForRefusal(const std::string& name, const Clock& clock, Channel* channel) {
  const Micros end = clock.Monotonic() + kRefusalPatience;
  for (;;) {
    char discarded[1024];
    const IoResult io = channel->Read(discarded, sizeof(discarded));
    if (io.state == IoState::kCut || io.state == IoState::kError) {
      return Status::Failed(name + ": was ended right after the handshake: " + io.error.message() +
                            "; give a certificate that the peer accepts with --tls-cert and --tls-key");
    }
    const Micros left = end - clock.Monotonic();
    if (io.state != IoState::kWouldBlock || left <= 0) return Status();
    PollSet set;
    set.Add(channel->fd(), channel->read_events());
    if (Status status = set.Poll(left); !status.ok()) return status;
  }
}

Result<std::string> ProbeConnection(const Endpoint& endpoint, bool input, ConnectionOptions options,
                                    const Clock& clock) {
  options.connect_timeout = std::min(options.connect_timeout, kLongestProbe);
  Result<std::unique_ptr<Channel>> channel = ConnectOnce(endpoint, options, clock);
  if (!channel.ok())
    return Status(channel.status().code(), channel.status().message() + WhatToDo(channel.status().code()));
  if (endpoint.kind == Endpoint::Kind::kTls) {
    if (Status status = WaitForRefusal(endpoint.text, clock, channel->get()); !status.ok()) return status;
  }
  // A reader that is not told would take the end for a cut. A writer's lines are not waited for.
  if (!input) (*channel)->CloseWriting();
  Result<std::string> end = DescribeEnd(endpoint.text, PeerCertificateEnd(**channel), clock);
  if (!end.ok()) return end;
  return "connected" + *end;
}

Result<std::string> ProbeListening(const Endpoint& endpoint, const ConnectionOptions& options, const Clock& clock) {
  Result<std::unique_ptr<Listener>> listener = Listener::Open(endpoint, options, clock);
  if (!listener.ok()) return listener.status();
  if (endpoint.kind != Endpoint::Kind::kTlsListen) return std::string("can listen");
  Result<std::shared_ptr<const TlsContext>> context = NewTlsServerContext(options.tls);
  if (!context.ok()) return context.status();
  Result<std::string> end = DescribeEnd(endpoint.text, CertificateEnd(**context), clock);
  if (!end.ok()) return end;
  return "can listen" + *end;
}

}  // namespace

Result<std::string> ProbeEndpoint(const Endpoint& endpoint, bool input, const ConnectionOptions& options,
                                  const Clock& clock) {
  switch (endpoint.kind) {
    case Endpoint::Kind::kStdio:
      return std::string(input ? "stdin" : "stdout");
    case Endpoint::Kind::kFile:
      return input ? ProbeInputFile(endpoint.path) : ProbeOutputFile(endpoint.path);
    case Endpoint::Kind::kTcp:
    case Endpoint::Kind::kTls:
    case Endpoint::Kind::kUnix:
      return ProbeConnection(endpoint, input, options, clock);
    default:
      return ProbeListening(endpoint, options, clock);
  }
}

Result<std::string> ProbeDirectory(const std::string& path) {
  struct stat info;
  if (stat(path.c_str(), &info) != 0)
    return errno == ENOENT ? CanBeMade(WithoutSlashes(path)) : CannotWrite(path, ErrnoText(errno));
  if (!S_ISDIR(info.st_mode)) return Status::Usage(path + ": is no directory; give one");
  return CanBeWritten(path, W_OK | X_OK);
}

}  // namespace socklog
