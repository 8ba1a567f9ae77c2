#include "base/endpoint.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <utility>
#include <vector>

#include "base/address.h"
#include "base/text.h"

namespace socklog {
namespace {

struct Scheme {
  std::string_view name;
  Endpoint::Kind kind;
  bool has_address;  // HOST:PORT after "//", else a path after ":"
};

constexpr std::string_view kKafkaPort = "9092";

constexpr Scheme kSchemes[] = {
    {"kafka", Endpoint::Kind::kKafka, true},
    {"tcp", Endpoint::Kind::kTcp, true},
    {"tls", Endpoint::Kind::kTls, true},
    {"unix", Endpoint::Kind::kUnix, false},
    {"tcp-listen", Endpoint::Kind::kTcpListen, true},
    {"tls-listen", Endpoint::Kind::kTlsListen, true},
    {"unix-listen", Endpoint::Kind::kUnixListen, false},
};

Status EndpointError(std::string_view text, const std::string& what) {
  return Status::Usage('\'' + std::string(text) + "': " + what);
}

Status UnknownScheme(std::string_view text, std::string_view scheme) {
  std::vector<std::string> starts;  // as they are written: more letters, so that short names have near ones
  for (const Scheme& known : kSchemes) starts.push_back(std::string(known.name) + (known.has_address ? "://" : ":"));
  return EndpointError(text, "unknown kind of endpoint '" + std::string(scheme) + "'" +
                                 DidYouMean(std::string(scheme) + "://", {starts.begin(), starts.end()}) +
                                 "; for a file of that name write ./" + std::string(text));
}

const Scheme* FindScheme(std::string_view name) {
  for (const Scheme& scheme : kSchemes) {
    if (scheme.name == name) return &scheme;
  }
  return nullptr;
}

// `address`: HOST:PORT, [V6]:PORT, :PORT. Sets host and port of *endpoint, whose text and kind are known.
Status ParseHostAndPort(std::string_view address, Endpoint* endpoint) {
  if (!address.empty() && address.back() == '/') address.remove_suffix(1);
  const bool bracket = !address.empty() && address.front() == '[';
  const std::size_t host_end = bracket ? address.find(']') : address.find(':');
  if (bracket && host_end == std::string_view::npos) return EndpointError(endpoint->text, "'[' without ']'");
  std::string_view host = address.substr(0, host_end);
  std::string_view rest = host_end == std::string_view::npos ? std::string_view() : address.substr(host_end);
  if (bracket) {
    host.remove_prefix(1);
    rest.remove_prefix(1);
  }
  if (rest.size() < 2 || rest.front() != ':')
    return EndpointError(endpoint->text, "the port is missing; write HOST:PORT");
  const std::string_view port = rest.substr(1);
  if (port.find(':') != std::string_view::npos) {
    return EndpointError(endpoint->text, "an IPv6 address stands in brackets: [::1]:9999");
  }
  const std::optional<std::uint64_t> number = ParseUnsigned(port);
  if (!number || *number > 65535 || (*number == 0 && !endpoint->listens())) {
    return EndpointError(endpoint->text, "port '" + std::string(port) + "' is not a number from 1 to 65535");
  }
  const auto odd = [](unsigned char c) { return c <= ' ' || c == 0x7f || c == '/' || c == '@' || c == '?'; };
  if (std::any_of(host.begin(), host.end(), odd))
    return EndpointError(endpoint->text, "host '" + std::string(host) + "' is no host name");
  if (host.empty() && !endpoint->listens())
    return EndpointError(endpoint->text, "the host is missing; write HOST:PORT");
  endpoint->host = host.empty() ? "127.0.0.1" : std::string(host);
  endpoint->port = std::to_string(*number);
  return Status();
}

Status ParseBroker(std::string_view text, Endpoint* endpoint) {
  const bool has_port =
      !text.empty() && text.find(':', text.front() == '[' ? text.find(']') : 0) != std::string_view::npos;
  Endpoint broker = *endpoint;
  const std::string address = std::string(text) + (has_port ? "" : ":" + std::string(kKafkaPort));
  if (Status status = ParseHostAndPort(address, &broker); !status.ok()) return status;
  endpoint->brokers.push_back({broker.host, broker.port});
  return Status();
}

Status CheckTopic(const Endpoint& endpoint) {
  constexpr std::size_t kLongest = 249;
  const std::string& topic = endpoint.topic;
  if (topic.empty()) return EndpointError(endpoint.text, "the topic is missing; write kafka://HOST:PORT/TOPIC");
  const auto legal = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
  };
  if (std::all_of(topic.begin(), topic.end(), legal) && topic.size() <= kLongest && topic != "." && topic != "..")
    return Status();
  return EndpointError(endpoint.text,
                       "no topic can be called '" + topic + "': letters, digits, '.', '_' and '-', 249 at the most");
}

// `address`: HOST[:PORT][,HOST[:PORT]...]/TOPIC
Status ParseKafka(std::string_view address, Endpoint* endpoint) {
  const std::size_t slash = std::min(address.find('/'), address.size());
  if (address.substr(0, slash).find('@') != std::string_view::npos) {
    return EndpointError("kafka://...",
                         "a login does not stand in the address, which others can see; sasl.username and "
                         "sasl.password go into the file that --kafka-config names");
  }
  endpoint->topic = std::string(address.substr(std::min(slash + 1, address.size())));
  for (std::string_view rest = address.substr(0, slash);;) {
    const std::size_t comma = rest.find(',');
    if (Status status = ParseBroker(rest.substr(0, comma), endpoint); !status.ok()) return status;
    if (comma == std::string_view::npos) return CheckTopic(*endpoint);
    rest.remove_prefix(comma + 1);
  }
}

bool IsStdio(const Endpoint& endpoint) {
  constexpr std::string_view kNames[] = {"/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"};
  return endpoint.kind == Endpoint::Kind::kStdio ||
         std::find(std::begin(kNames), std::end(kNames), endpoint.path) != std::end(kNames);
}

std::string Canonical(const std::string& path, bool touch_files) {
  std::error_code error;
  const std::filesystem::path lexical = std::filesystem::path(path).lexically_normal();
  if (!touch_files) return lexical.string();
  const std::filesystem::path real =
      std::filesystem::weakly_canonical(std::filesystem::absolute(lexical, error), error);
  return error ? lexical.string() : real.string();
}

bool IsSameFile(const std::string& a, const std::string& b, bool touch_files) {
  if (Canonical(a, touch_files) == Canonical(b, touch_files)) return true;
  std::error_code error;  // set if one of them is not there
  return touch_files && std::filesystem::equivalent(a, b, error);
}

bool IsSameHost(std::string_view a, std::string_view b) {
  const std::optional<Address> address_a = ParseAddress(a);
  const std::optional<Address> address_b = ParseAddress(b);
  if (address_a && address_b) return address_a->bytes == address_b->bytes;
  if (IsLoopbackHost(a) && IsLoopbackHost(b)) return true;
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

bool HaveBrokerInCommon(const Endpoint& a, const Endpoint& b) {
  return std::any_of(a.brokers.begin(), a.brokers.end(), [&b](const HostAndPort& mine) {
    return std::any_of(b.brokers.begin(), b.brokers.end(), [&mine](const HostAndPort& other) {
      return mine.port == other.port && IsSameHost(mine.host, other.host);
    });
  });
}

}  // namespace

Result<Endpoint> ParseEndpoint(std::string_view text) {
  if (text.empty()) return Status::Usage("an endpoint is empty; write a path, a URL such as tcp://HOST:PORT, or -");
  if (text.find('\0') != std::string_view::npos) return EndpointError(text, "there is a NUL byte in it");
  Endpoint endpoint;
  endpoint.text = std::string(text);
  if (text == "-") return endpoint;
  const std::size_t colon = text.find(':');
  const std::string_view name = colon == std::string_view::npos ? std::string_view() : text.substr(0, colon);
  const std::string_view rest = colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1);
  const bool slashes = rest.substr(0, 2) == "//";
  const Scheme* scheme = FindScheme(name);
  if (scheme == nullptr && slashes && name.find('/') == std::string_view::npos) return UnknownScheme(text, name);
  if (scheme == nullptr) {
    endpoint.kind = Endpoint::Kind::kFile;
    endpoint.path = endpoint.text;
    return endpoint;
  }
  endpoint.kind = scheme->kind;
  if (scheme->has_address) {
    if (!slashes) {
      const char* const rest_of_form = endpoint.is_topic() ? "://HOST:PORT/TOPIC" : "://HOST:PORT";
      return EndpointError(text, "write " + std::string(name) + rest_of_form);
    }
    const std::string_view address = rest.substr(2);
    Status status = endpoint.is_topic() ? ParseKafka(address, &endpoint) : ParseHostAndPort(address, &endpoint);
    if (!status.ok()) return status;
    return endpoint;
  }
  endpoint.path = std::string(slashes ? rest.substr(2) : rest);
  if (endpoint.path.empty()) return EndpointError(text, "the path is missing; write " + std::string(name) + ":PATH");
  return endpoint;
}

Endpoint FileEndpoint(std::string path) {
  Endpoint endpoint;
  endpoint.kind = Endpoint::Kind::kFile;
  endpoint.text = path;
  endpoint.path = std::move(path);
  return endpoint;
}

Endpoint FileOrStdio(std::string text) {
  Endpoint endpoint = text == "-" ? Endpoint() : FileEndpoint(text);
  endpoint.text = std::move(text);
  return endpoint;
}

Result<Endpoint> FileOrTopic(std::string text) {
  if (text.starts_with("kafka://")) return ParseEndpoint(text);
  return FileOrStdio(std::move(text));
}

std::string FormatSocketEndpoint(std::string_view scheme, std::string_view host, std::uint16_t port) {
  const bool brackets = host.find(':') != std::string_view::npos && host.front() != '[';
  return std::string(scheme) + "://" + (brackets ? '[' + std::string(host) + ']' : std::string(host)) + ':' +
         std::to_string(port);
}

bool IsRemote(const Endpoint& endpoint) {
  const auto remote = [](const HostAndPort& broker) { return !IsLoopbackHost(broker.host); };
  return (!endpoint.host.empty() && !IsLoopbackHost(endpoint.host)) ||
         std::any_of(endpoint.brokers.begin(), endpoint.brokers.end(), remote);
}

bool IsSamePlace(const Endpoint& a, const Endpoint& b, bool touch_files) {
  if (IsStdio(a) || IsStdio(b)) return IsStdio(a) && IsStdio(b);
  if (a.is_topic() || b.is_topic()) return a.topic == b.topic && HaveBrokerInCommon(a, b);
  if (a.is_socket() != b.is_socket() || a.path.empty() != b.path.empty()) return false;
  if (a.path.empty()) return a.port == b.port && a.port != "0" && IsSameHost(a.host, b.host);
  return a.path != "/dev/null" && IsSameFile(a.path, b.path, touch_files);
}

std::string TextOf(const HostAndPort& address) {
  const bool brackets = address.host.find(':') != std::string::npos;
  return (brackets ? '[' + address.host + ']' : address.host) + ':' + address.port;
}

std::vector<std::string> BrokersOf(const Endpoint& topic) {
  std::vector<std::string> brokers;
  for (const HostAndPort& broker : topic.brokers) brokers.push_back(broker.host + ' ' + broker.port);
  std::sort(brokers.begin(), brokers.end());
  return brokers;
}

std::string PlaceBucket(const Endpoint& endpoint) {
  if (IsStdio(endpoint)) return "-";
  if (endpoint.is_topic()) return "kafka:" + endpoint.topic;  // whichever brokers are named
  // A host has several names, a port one.
  return endpoint.path.empty() ? ':' + endpoint.port : Canonical(endpoint.path, false);
}

}  // namespace socklog
