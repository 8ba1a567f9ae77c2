// Endpoints as the user writes them. Opening them is transport's business.
#ifndef SOCKLOG_BASE_ENDPOINT_H_
#define SOCKLOG_BASE_ENDPOINT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "socklog/status.h"

namespace socklog {

struct HostAndPort {
  std::string host;
  std::string port;
};

// -  PATH  kafka://H[:P][,H[:P]]/TOPIC  tcp://H:P  tls://H:P  unix:PATH  tcp-listen://[H]:P  tls-listen://[H]:P
// unix-listen:PATH
struct Endpoint {
  enum class Kind { kStdio, kFile, kKafka, kTcp, kTls, kUnix, kTcpListen, kTlsListen, kUnixListen };
  Kind kind = Kind::kStdio;
  std::string text;  // as the user wrote it
  std::string path;  // files and Unix sockets
  std::string host;  // without brackets; listening without a host: 127.0.0.1
  std::string port;

  std::vector<HostAndPort> brokers;  // Kafka's
  std::string topic;

  bool is_topic() const { return kind == Kind::kKafka; }
  bool is_socket() const { return kind >= Kind::kTcp; }
  bool listens() const { return kind >= Kind::kTcpListen; }
};

// Errors (kUsage): unknown scheme with the nearest known one, missing or bad port, a topic that none can be called.
Result<Endpoint> ParseEndpoint(std::string_view text);

// A path, whatever it looks like. REQUIRES: no NUL byte in it
Endpoint FileEndpoint(std::string path);

// What a FILE option names: as FileEndpoint, but "-" is stdin or stdout.
Endpoint FileOrStdio(std::string text);

// What a FILE option names that may be a topic as well: as FileOrStdio, but kafka://... is Kafka. Errors: those of
// ParseEndpoint.
Result<Endpoint> FileOrTopic(std::string text);

// "tcp://HOST:PORT" or "tcp-listen://HOST:PORT", with brackets around an IPv6 address.
std::string FormatSocketEndpoint(std::string_view scheme, std::string_view host, std::uint16_t port);

// Bytes leave this machine, or can come from outside. The loopback addresses and localhost do not count.
bool IsRemote(const Endpoint& endpoint);

// Whether both are one place, connecting or listening: stdin or stdout, the same file, the same address, the same topic
// of brokers of which one is named by both. /dev/null and port 0 are never. touch_files: links are followed; else paths
// are compared as they are written.
bool IsSamePlace(const Endpoint& a, const Endpoint& b, bool touch_files);

// "host:9092", "[::1]:9092"
std::string TextOf(const HostAndPort& address);

// Of a topic, sorted: equal where the same brokers are named.
std::vector<std::string> BrokersOf(const Endpoint& topic);

// Equal for two endpoints that are one place without touching files; so that among thousands only few need be compared.
std::string PlaceBucket(const Endpoint& endpoint);

}  // namespace socklog

#endif  // SOCKLOG_BASE_ENDPOINT_H_
