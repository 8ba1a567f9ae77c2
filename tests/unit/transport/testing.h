// What the tests of transport need: a directory, a reader that collects lines, a free port.
#ifndef SOCKLOG_TESTS_UNIT_TRANSPORT_TESTING_H_
#define SOCKLOG_TESTS_UNIT_TRANSPORT_TESTING_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "socklog/source.h"
#include "support/captured_stderr.h"
#include "transport/fd.h"
#include "transport/transport.h"

namespace socklog::testing {

// No test waits longer for something than this.
inline constexpr Micros kPatience = 20 * kSecond;

const Clock& TestClock();

// A new empty directory, removed with all that is in it.
class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

void WriteFile(const std::string& path, std::string_view bytes);
void AppendFile(const std::string& path, std::string_view bytes);
std::string ReadFile(const std::string& path);
void Rename(const std::string& from, const std::string& to);

// "line FIRST\n" ... "line LAST\n", some 70 bytes each, all different.
std::string Lines(int first, int last, const std::string& word = "line");

// Whether `text` contains `part`; says what there is when it does not.
bool Has(const std::string& text, const std::string& part);

// The line of a block that starts there, with its newline.
std::string_view LineAt(const Block& block, std::size_t offset);
Endpoint At(const std::string& text);

// A source and all that came out of it.
class Reader {
 public:
  // REQUIRES: opens
  explicit Reader(const std::vector<std::string>& inputs, const SourceOptions& options = {});

  // Reads until the condition holds; false after kPatience, or when nothing more can come.
  bool ReadUntil(const std::function<bool()>& condition);
  // Reads until every partition has ended and no further one can come.
  bool ReadAll();
  // Reads until the partition holds this text.
  bool ReadUntilText(const std::string& wanted, PartitionId id = 0);
  // Reads what is there now, without waiting.
  void ReadPresent();

  // All lines of a partition so far, each with a newline.
  const std::string& text(PartitionId id = 0) { return texts_[id]; }
  // Where the line after the last one of the partition begins, as the Source writes it.
  std::string PositionAfter(PartitionId id = 0) const;
  // Where the i-th line of the partition begins.
  std::string PositionOf(std::size_t i, PartitionId id = 0) const;
  bool ended(PartitionId id = 0) const { return ended_.count(id) != 0; }

  Source& source() { return *source_; }
  const std::vector<PartitionId>& resumed() const { return resumed_; }
  const Status& error() const { return error_; }

 private:
  bool Step();

  std::vector<PartitionId> resumed_;
  std::unique_ptr<Source> source_;
  std::map<PartitionId, std::string> texts_;
  std::map<PartitionId, std::vector<Position>> positions_;
  std::map<PartitionId, Position> next_;
  std::map<PartitionId, bool> ended_;
  Status error_;
};

// The error of opening these inputs; ok if they open.
Status OpenError(const std::vector<std::string>& inputs, const SourceOptions& options = {});

// A TCP port of 127.0.0.1 that is free now.
std::string FreePort();
// A TCP port and a Unix socket, as the functions below take them and as the program's endpoints.
struct Place {
  std::string where;
  std::string endpoint;
};
std::vector<Place> PlacesToConnectTo(const TempDir& dir);
std::vector<Place> PlacesToListenAt(const TempDir& dir);
// A plain client of a TCP port (a number) or Unix socket (a path); waits until somebody listens.
UniqueFd ConnectTo(const std::string& where);
// A plain listening server.
UniqueFd ListenAt(const std::string& where);
UniqueFd AcceptOne(const UniqueFd& listener);
void SendAll(const UniqueFd& fd, std::string_view bytes);
// Until the peer closes, or until so many bytes are there.
std::string Receive(const UniqueFd& fd, std::size_t bytes = static_cast<std::size_t>(-1));

}  // namespace socklog::testing

#endif  // SOCKLOG_TESTS_UNIT_TRANSPORT_TESTING_H_
