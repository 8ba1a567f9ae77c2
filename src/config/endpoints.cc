#include "config/endpoints.h"

#include <filesystem>
#include <string>
#include <string_view>

#include "base/address.h"

namespace socklog {
namespace {

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

}  // namespace

bool IsRemote(const Endpoint& endpoint) { return !endpoint.host.empty() && !IsLoopbackHost(endpoint.host); }

bool IsSamePlace(const Endpoint& a, const Endpoint& b, bool touch_files) {
  const auto is_stdio = [](const Endpoint& e) {
    return e.kind == Endpoint::Kind::kStdio || e.path == "/dev/stdout" || e.path == "/dev/fd/1" ||
           e.path == "/proc/self/fd/1";
  };
  if (is_stdio(a) || is_stdio(b)) return is_stdio(a) && is_stdio(b);
  if (a.is_socket() != b.is_socket()) return false;
  if (!a.path.empty() || !b.path.empty()) {
    if (a.path == "/dev/null" || a.path.empty() || b.path.empty()) return false;
    return IsSameFile(a.path, b.path, touch_files);
  }
  if (a.port != b.port || a.port == "0" || a.listens() != b.listens()) return false;
  const auto host = [](const Endpoint& e) { return IsLoopbackHost(e.host) ? std::string("localhost") : e.host; };
  return host(a) == host(b);
}

}  // namespace socklog
