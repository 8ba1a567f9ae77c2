// Endpoints as the user writes them.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>

#include "base/text.h"
#include "transport/file_io.h"
#include "transport/transport.h"

namespace socklog {
namespace {

struct Scheme {
  std::string_view name;
  Endpoint::Kind kind;
  bool has_address;  // HOST:PORT after "//", else a path after ":"
};

constexpr Scheme kSchemes[] = {
    {"tcp", Endpoint::Kind::kTcp, true},
    {"tls", Endpoint::Kind::kTls, true},
    {"unix", Endpoint::Kind::kUnix, false},
    {"tcp-listen", Endpoint::Kind::kTcpListen, true},
    {"tls-listen", Endpoint::Kind::kTlsListen, true},
    {"unix-listen", Endpoint::Kind::kUnixListen, false},
};

Status EndpointError(std::string_view text, const std::string& what) {
  return Status::Usage("endpoint '" + std::string(text) + "': " + what);
}

Status UnknownScheme(std::string_view text, std::string_view scheme) {
  if (scheme == "kafka") return EndpointError(text, "needs a build with Kafka; not in this version");
  std::vector<std::string_view> names = {"kafka"};
  for (const Scheme& known : kSchemes) names.push_back(known.name);
  return EndpointError(
      text, "unknown scheme '" + std::string(scheme) + "'" + DidYouMean(scheme, names) +
                "; there are tcp, tls, unix, tcp-listen, tls-listen, unix-listen, a path, and - for stdin or stdout");
}

const Scheme* FindScheme(std::string_view name) {
  for (const Scheme& scheme : kSchemes) {
    if (scheme.name == name) return &scheme;
  }
  return nullptr;
}

// `address`: HOST:PORT, [V6]:PORT, :PORT.
Status ParseAddress(std::string_view address, Endpoint* endpoint) {
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
  if (rest.empty() || rest.front() != ':') return EndpointError(endpoint->text, "the port is missing; write HOST:PORT");
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

bool SameFile(const std::string& a, const std::string& b) {
  struct stat info_a, info_b;
  const bool there_a = stat(a.c_str(), &info_a) == 0;
  const bool there_b = stat(b.c_str(), &info_b) == 0;
  if (there_a != there_b) return false;
  if (there_a) return info_a.st_dev == info_b.st_dev && info_a.st_ino == info_b.st_ino;
  return BaseName(a) == BaseName(b) && stat(DirectoryOf(a).c_str(), &info_a) == 0 &&
         stat(DirectoryOf(b).c_str(), &info_b) == 0 && info_a.st_dev == info_b.st_dev && info_a.st_ino == info_b.st_ino;
}

std::string LowerHost(const std::string& host) {
  std::string lower = host == "localhost" ? "127.0.0.1" : host;
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

bool HasAddress(Endpoint::Kind kind) {
  return std::any_of(std::begin(kSchemes), std::end(kSchemes),
                     [kind](const Scheme& s) { return s.kind == kind && s.has_address; });
}

}  // namespace

Result<Endpoint> ParseEndpoint(std::string_view text) {
  if (text.empty()) return Status::Usage("an endpoint is empty; write a path, a URL such as tcp://HOST:PORT, or -");
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
    if (text.find('\0') != std::string_view::npos) return EndpointError(text, "a path cannot hold a NUL byte");
    return endpoint;
  }
  endpoint.kind = scheme->kind;
  if (scheme->has_address) {
    if (!slashes) return EndpointError(text, "write " + std::string(name) + "://HOST:PORT");
    if (Status status = ParseAddress(rest.substr(2), &endpoint); !status.ok()) return status;
    return endpoint;
  }
  endpoint.path = std::string(slashes ? rest.substr(2) : rest);
  if (endpoint.path.empty()) return EndpointError(text, "the path is missing; write " + std::string(name) + ":PATH");
  return endpoint;
}

bool SameEndpoint(const Endpoint& a, const Endpoint& b) {
  using Kind = Endpoint::Kind;
  if (a.kind == Kind::kStdio || b.kind == Kind::kStdio) return a.kind == b.kind;
  if (HasAddress(a.kind) != HasAddress(b.kind)) return false;
  if (HasAddress(a.kind)) return a.port == b.port && a.port != "0" && LowerHost(a.host) == LowerHost(b.host);
  return SameFile(a.path, b.path);
}

}  // namespace socklog
