#include "testing.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "support/catch.h"

namespace socklog::testing {
namespace {

using std::chrono::steady_clock;

steady_clock::time_point Deadline() { return steady_clock::now() + std::chrono::microseconds(kPatience); }

struct Address {
  sockaddr_storage storage = {};
  socklen_t size = 0;
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

Address AddressOf(const std::string& where) {
  Address address;
  if (where.find('/') != std::string::npos) {
    auto* path = reinterpret_cast<sockaddr_un*>(&address.storage);
    path->sun_family = AF_UNIX;
    where.copy(path->sun_path, sizeof(path->sun_path) - 1);
    address.size = sizeof(*path);
  } else {
    auto* loopback = reinterpret_cast<sockaddr_in*>(&address.storage);
    loopback->sin_family = AF_INET;
    loopback->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    loopback->sin_port = htons(static_cast<std::uint16_t>(std::stoi(where)));
    address.size = sizeof(*loopback);
  }
  return address;
}

void Require(bool ok, const char* what) {
  if (!ok) throw std::runtime_error(std::string(what) + ": " + std::strerror(errno));
}

}  // namespace

const Clock& TestClock() {
  static const SystemClock clock;
  return clock;
}

TempDir::TempDir() {
  std::string path = (std::filesystem::temp_directory_path() / "socklog-test-XXXXXX").string();
  Require(mkdtemp(path.data()) != nullptr, "mkdtemp");
  path_ = path;
}

TempDir::~TempDir() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void WriteFile(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

void AppendFile(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary | std::ios::app) << bytes;
}

std::string ReadFile(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

void Rename(const std::string& from, const std::string& to) { std::filesystem::rename(from, to); }

std::string Lines(int first, int last, const std::string& word) {
  std::string text;
  for (int i = first; i <= last; ++i)
    text += word + " " + std::to_string(i) + " " + std::string(static_cast<std::size_t>(40 + i % 40), 'x') + "\n";
  return text;
}

bool Has(const std::string& text, const std::string& part) {
  if (text.find(part) != std::string::npos) return true;
  UNSCOPED_INFO("'" << part << "' is not in: " << text);
  return false;
}

Endpoint At(const std::string& text) {
  Result<Endpoint> endpoint = ParseEndpoint(text);
  if (!endpoint.ok()) throw std::runtime_error(endpoint.status().message());
  return *endpoint;
}

std::string_view LineAt(const Block& block, std::size_t offset) {
  const std::string_view rest = block.text.view().substr(offset);
  const std::size_t newline = rest.find('\n');
  if (newline == std::string_view::npos) throw std::runtime_error("a line without newline");
  return rest.substr(0, newline + 1);
}

namespace {

std::vector<Endpoint> AllAt(const std::vector<std::string>& inputs) {
  std::vector<Endpoint> endpoints(inputs.size());
  std::transform(inputs.begin(), inputs.end(), endpoints.begin(), At);
  return endpoints;
}

}  // namespace

Reader::Reader(const std::vector<std::string>& inputs, const SourceOptions& options) {
  const std::vector<Endpoint> endpoints = AllAt(inputs);
  Result<std::unique_ptr<Source>> source = OpenSource(endpoints, options, TestClock(), &resumed_);
  if (!source.ok()) throw std::runtime_error(source.status().message());
  source_ = std::move(source).value();
}

// Reads every partition once; whether any of them had something.
bool Reader::Step() {
  bool any = false;
  Block block;
  for (PartitionId id = 0; id < source_->partition_count(); ++id) {
    if (ended_.count(id)) continue;
    Result<Progress> progress = source_->Read(id, &block);
    if (!progress.ok()) {
      error_ = progress.status();
      return false;
    }
    any = any || *progress != Progress::kIdle;
    REQUIRE((*progress == Progress::kMore) == !block.text.empty());
    if (*progress == Progress::kEnd) ended_[id] = true;
    for (std::size_t offset = 0; offset < block.text.size();) {
      const Position position = block.PositionAt(static_cast<std::uint32_t>(offset));
      const std::string_view line = LineAt(block, offset);
      offset += line.size();
      const bool is_later =
          positions_[id].empty() || position.segment > positions_[id].back().segment ||
          (position.segment == positions_[id].back().segment && position.offset > positions_[id].back().offset);
      if (!is_later) FAIL("a line is not behind the one before it");
      texts_[id].append(line);
      positions_[id].push_back(position);
      next_[id] = {block.segment, position.offset + line.size()};
    }
  }
  return any;
}

bool Reader::ReadUntil(const std::function<bool()>& condition) {
  const auto end = Deadline();
  while (error_.ok()) {
    const bool any = Step();
    if (condition()) return true;
    if (steady_clock::now() > end) return false;
    if (any) continue;
    if (source_->complete() && ended_.size() == source_->partition_count()) return false;
    if (!source_->Wait(kSecond).ok()) return false;
  }
  return false;
}

bool Reader::ReadAll() {
  return ReadUntil([this] { return source_->complete() && ended_.size() == source_->partition_count(); });
}

bool Reader::ReadUntilText(const std::string& wanted, PartitionId id) {
  return ReadUntil([&] { return texts_[id].size() >= wanted.size(); }) && texts_[id] == wanted;
}

void Reader::ReadPresent() {
  while (Step()) {
  }
}

std::string Reader::PositionAfter(PartitionId id) const {
  const auto next = next_.find(id);
  return source_->EncodePosition(id, next == next_.end() ? Position() : next->second);
}

std::string Reader::PositionOf(std::size_t i, PartitionId id) const {
  return source_->EncodePosition(id, positions_.at(id).at(i));
}

Status OpenError(const std::vector<std::string>& inputs, const SourceOptions& options) {
  const std::vector<Endpoint> endpoints = AllAt(inputs);
  std::vector<PartitionId> resumed;
  Result<std::unique_ptr<Source>> source = OpenSource(endpoints, options, TestClock(), &resumed);
  return source.ok() ? Status() : source.status();
}

std::string FreePort() {
  const UniqueFd fd = ListenAt("0");
  sockaddr_in address = {};
  socklen_t size = sizeof(address);
  Require(getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &size) == 0, "getsockname");
  return std::to_string(ntohs(address.sin_port));
}

std::vector<Place> PlacesToConnectTo(const TempDir& dir) {
  const std::string port = FreePort();
  return {{port, "tcp://localhost:" + port}, {dir / "s", "unix:" + (dir / "s")}};
}

std::vector<Place> PlacesToListenAt(const TempDir& dir) {
  const std::string port = FreePort();
  return {{port, "tcp-listen://:" + port}, {dir / "s", "unix-listen:" + (dir / "s")}};
}

UniqueFd ConnectTo(const std::string& where) {
  const Address address = AddressOf(where);
  const auto end = Deadline();
  for (;;) {
    UniqueFd fd(socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (connect(fd.get(), address.get(), address.size) == 0) return fd;
    Require(steady_clock::now() < end, "connect");
    std::this_thread::yield();
  }
}

UniqueFd ListenAt(const std::string& where) {
  const Address address = AddressOf(where);
  UniqueFd fd(socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int on = 1;
  setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  Require(bind(fd.get(), address.get(), address.size) == 0 && listen(fd.get(), 16) == 0, "listen");
  return fd;
}

UniqueFd AcceptOne(const UniqueFd& listener) {
  pollfd entry = {listener.get(), POLLIN, 0};
  Require(poll(&entry, 1, static_cast<int>(kPatience / kMillisecond)) == 1, "nobody connected");
  return UniqueFd(accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
}

void SendAll(const UniqueFd& fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    Require(sent > 0, "send");
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

std::string Receive(const UniqueFd& fd, std::size_t bytes) {
  std::string text;
  char buffer[65536];
  while (text.size() < bytes) {
    pollfd entry = {fd.get(), POLLIN, 0};
    Require(poll(&entry, 1, static_cast<int>(kPatience / kMillisecond)) == 1, "nothing came");
    const ssize_t got = recv(fd.get(), buffer, std::min(sizeof(buffer), bytes - text.size()), 0);
    if (got <= 0) break;
    text.append(buffer, static_cast<std::size_t>(got));
  }
  return text;
}

}  // namespace socklog::testing
