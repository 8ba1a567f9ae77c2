#include "config/endpoints.h"

#include <cstdint>
#include <filesystem>

#include "base/text.h"
#include "config/values.h"

namespace socklog {
namespace {

const std::vector<std::string_view> kSchemes = {"tcp://",        "tls://",       "unix:",   "tcp-listen://",
                                                "tls-listen://", "unix-listen:", "kafka://"};

// "HOST:PORT", "[HOST]:PORT", ":PORT"
Status SplitAddress(std::string_view text, std::string_view address, EndpointText* out) {
  const std::string what = "'" + std::string(text) + "': ";
  std::size_t colon = address.rfind(':');
  if (address.substr(0, 1) == "[") {
    const std::size_t bracket = address.find(']');
    if (bracket == std::string_view::npos) return Status::Usage(what + "']' is missing");
    out->host = address.substr(1, bracket - 1);
    colon = bracket + 1;
    if (colon >= address.size() || address[colon] != ':')
      return Status::Usage(what + "the port is missing, such as :9999");
  } else {
    if (colon == std::string_view::npos) return Status::Usage(what + "the port is missing, such as :9999");
    out->host = address.substr(0, colon);
    if (out->host.find(':') != std::string::npos)
      return Status::Usage(what + "an IPv6 address needs brackets, such as [::1]:9999");
  }
  out->port = address.substr(colon + 1);
  std::uint64_t port = 0;
  // A listener may ask for any free port with 0.
  const Status status = ReadWhole(out->port, out->listens() ? 0 : 1, 65535, &port);
  if (!status.ok()) return Status::Usage(what + "the port " + status.message());
  if (out->host.empty() && !out->listens()) return Status::Usage(what + "the host is missing");
  return {};
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

bool IsLoopback(std::string_view host) { return host == "localhost" || host == "::1" || host.substr(0, 4) == "127."; }

}  // namespace

bool EndpointText::is_remote() const {
  if (scheme.substr(0, 3) != "tcp" && scheme.substr(0, 3) != "tls") return false;
  return !IsLoopback(host) && !(listens() && host.empty());
}

Result<EndpointText> SplitEndpoint(std::string_view text) {
  EndpointText out;
  if (text.empty()) return Status::Usage("an endpoint is empty");
  if (text == "-") {
    out.scheme = "-";
    return out;
  }
  for (const std::string_view scheme : kSchemes) {
    if (text.substr(0, scheme.size()) != scheme) continue;
    out.scheme = scheme.substr(0, scheme.find(':'));
    const std::string_view rest = text.substr(scheme.size());
    if (out.scheme == "kafka") return Status::Usage("'" + std::string(text) + "': Kafka is not in this version");
    if (out.scheme.substr(0, 4) == "unix") {
      if (rest.empty()) return Status::Usage("'" + std::string(text) + "': the path of the socket is missing");
      out.path = rest;
      return out;
    }
    Status status = SplitAddress(text, rest, &out);
    if (!status.ok()) return status;
    return out;
  }
  if (const std::size_t end = text.find("://"); end != std::string_view::npos && text.find('/') == end + 1) {
    return Status::Usage("'" + std::string(text) + "': unknown kind of endpoint" +
                         DidYouMean(text.substr(0, end + 3), kSchemes) + "; for a file of that name write ./" +
                         std::string(text));
  }
  out.scheme = "file";
  out.path = text;
  return out;
}

std::string SocketEndpoint(std::string_view scheme, std::string_view host, std::uint16_t port) {
  const bool brackets = host.find(':') != std::string_view::npos && host.front() != '[';
  return std::string(scheme) + "://" + (brackets ? '[' + std::string(host) + ']' : std::string(host)) + ':' +
         std::to_string(port);
}

bool IsSamePlace(const EndpointText& a, const EndpointText& b, bool touch_files) {
  const auto is_stdio = [](const EndpointText& e) {
    return e.scheme == "-" || e.path == "/dev/stdout" || e.path == "/dev/fd/1" || e.path == "/proc/self/fd/1";
  };
  if (is_stdio(a) || is_stdio(b)) return is_stdio(a) && is_stdio(b);
  if (a.is_socket() != b.is_socket()) return false;
  if (!a.path.empty() || !b.path.empty()) {
    if (a.path == "/dev/null" || a.path.empty() || b.path.empty()) return false;
    return IsSameFile(a.path, b.path, touch_files);
  }
  if (a.port != b.port || a.port == "0" || a.listens() != b.listens()) return false;
  const auto host = [](const EndpointText& e) {
    return e.host.empty() || IsLoopback(e.host) ? std::string("localhost") : e.host;
  };
  return host(a) == host(b);
}

}  // namespace socklog
