// Whether endpoints are one place.
#include <sys/stat.h>

#include <algorithm>
#include <cctype>

#include "transport/file_io.h"
#include "transport/transport.h"

namespace socklog {
namespace {

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

}  // namespace

bool SameEndpoint(const Endpoint& a, const Endpoint& b) {
  using Kind = Endpoint::Kind;
  if (a.kind == Kind::kStdio || b.kind == Kind::kStdio) return a.kind == b.kind;
  if (a.path.empty() != b.path.empty()) return false;
  if (a.path.empty()) return a.port == b.port && a.port != "0" && LowerHost(a.host) == LowerHost(b.host);
  return SameFile(a.path, b.path);
}

}  // namespace socklog
