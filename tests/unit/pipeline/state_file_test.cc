#include "pipeline/state_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/hash.h"
#include "support/catch.h"

namespace socklog::testing {
namespace {

RunState SomeState() {
  RunState state;
  state.shape = "a shape";
  for (int i = 0; i < 3; ++i) {
    SavedPartition& partition = state.partitions.emplace_back();
    partition.name = "log " + std::to_string(i);
    partition.position = "somewhere";
    partition.chosen = i == 0 ? "" : "combined";
    partition.windows.mark.line = 10;
    partition.windows.mark.maximum = i == 0 ? kNoTime : 123 * kSecond;
    partition.windows.frontier = 20;
    if (i == 2) partition.windows.uncounted = {12, 15, 19};
  }
  state.aggregator = std::string("a\0b", 3);
  state.counters = "c";
  state.alerts = "d";
  state.output_lengths = {{"alerts.jsonl", 17}, {"windows.jsonl", 0}};
  return state;
}

// Encoding says all, so equal bytes are equal states.
std::string Again(const std::string& bytes) {
  Result<RunState> state = DecodeState(bytes);
  REQUIRE(state.ok());
  return EncodeState(*state);
}

class TempDir {
 public:
  TempDir() {
    char path[] = "/tmp/socklog-state-XXXXXX";
    REQUIRE(mkdtemp(path) != nullptr);
    path_ = path;
  }
  ~TempDir() { std::filesystem::remove_all(path_); }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

bool Has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("a state reads back as it was") {
  const std::string bytes = EncodeState(SomeState());
  Result<RunState> state = DecodeState(bytes);
  REQUIRE(state.ok());
  CHECK(state->shape == "a shape");
  REQUIRE(state->partitions.size() == 3);
  CHECK(state->partitions[0].windows.mark.maximum == kNoTime);
  CHECK(state->partitions[1].name == "log 1");
  CHECK(state->partitions[1].chosen == "combined");
  CHECK(state->partitions[2].windows.mark.line == 10);
  CHECK(state->partitions[2].windows.frontier == 20);
  CHECK(state->partitions[2].windows.uncounted == std::vector<std::uint64_t>{12, 15, 19});
  CHECK(state->aggregator == std::string("a\0b", 3));
  CHECK(state->output_lengths == std::map<std::string, std::uint64_t>{{"alerts.jsonl", 17}, {"windows.jsonl", 0}});
  CHECK(Again(bytes) == bytes);
  CHECK(Again(EncodeState({})) == EncodeState({}));
}

TEST_CASE("any damage is found, and the message says what to do") {
  const std::string bytes = EncodeState(SomeState());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    CAPTURE(size);
    const Result<RunState> state = DecodeState(bytes.substr(0, size));
    REQUIRE_FALSE(state.ok());
    REQUIRE(state.status().code() == StatusCode::kDataLoss);
    REQUIRE(Has(state.status().message(), "--reset-state"));
  }
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    CAPTURE(at);
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    REQUIRE_FALSE(DecodeState(damaged).ok());
  }
  CHECK_FALSE(DecodeState(bytes + "x").ok());
  CHECK(Has(DecodeState("some other file").status().message(), "not one of socklog's"));
}

TEST_CASE("a state of another version is refused by its number") {
  std::string bytes = EncodeState(SomeState());
  const std::size_t version = 8 + std::string("socklog state").size();
  bytes[version] = 77;
  CHECK(Has(DecodeState(bytes).status().message(), "version 77"));
}

TEST_CASE("a directory holds one state") {
  TempDir temp;
  Result<std::unique_ptr<StateDirectory>> directory = StateDirectory::Open(temp / "state");
  REQUIRE(directory.ok());
  struct stat info = {};
  REQUIRE(stat((temp / "state").c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0700);
  Result<std::optional<RunState>> loaded = (*directory)->Load();
  REQUIRE(loaded.ok());
  CHECK_FALSE(loaded.value().has_value());

  REQUIRE((*directory)->Save(SomeState()).ok());
  loaded = (*directory)->Load();
  REQUIRE((loaded.ok() && loaded.value()));
  CHECK(EncodeState(*loaded.value()) == EncodeState(SomeState()));

  // An unchanged state is not written again; a changed one is.
  REQUIRE(stat((temp / "state/state").c_str(), &info) == 0);
  const auto inode = info.st_ino;
  REQUIRE((*directory)->Save(SomeState()).ok());
  REQUIRE(stat((temp / "state/state").c_str(), &info) == 0);
  CHECK(info.st_ino == inode);
  RunState changed = SomeState();
  changed.counters = "other";
  REQUIRE((*directory)->Save(changed).ok());
  CHECK(EncodeState(*(*directory)->Load().value()) == EncodeState(changed));

  REQUIRE((*directory)->Reset().ok());
  CHECK_FALSE((*directory)->Load().value().has_value());
  CHECK((*directory)->Reset().ok());  // nothing there is fine
}

// What a run saved before --reset-state must be written again after it.
TEST_CASE("the same state may be saved again after a reset") {
  TempDir temp;
  Result<std::unique_ptr<StateDirectory>> directory = StateDirectory::Open(temp / "state");
  REQUIRE((*directory)->Save(SomeState()).ok());
  REQUIRE((*directory)->Reset().ok());
  REQUIRE((*directory)->Save(SomeState()).ok());
  CHECK((*directory)->Load().value().has_value());
}

TEST_CASE("one process at a time") {
  TempDir temp;
  Result<std::unique_ptr<StateDirectory>> first = StateDirectory::Open(temp / "state");
  REQUIRE(first.ok());
  const Result<std::unique_ptr<StateDirectory>> second = StateDirectory::Open(temp / "state");
  REQUIRE_FALSE(second.ok());
  CHECK(second.status().code() == StatusCode::kUsage);
  CHECK(Has(second.status().message(), "in use"));
  first = StateDirectory::Open(temp / "other");
  CHECK(StateDirectory::Open(temp / "state").ok());
}

TEST_CASE("directories that cannot be") {
  TempDir temp;
  std::ofstream(temp / "file") << "x";
  for (const std::string& path : {temp / "file", temp / "no/such/parent", temp / "file/below"}) {
    CAPTURE(path);
    const Result<std::unique_ptr<StateDirectory>> directory = StateDirectory::Open(path);
    REQUIRE_FALSE(directory.ok());
    CHECK(directory.status().code() == StatusCode::kUsage);
    CHECK(Has(directory.status().message(), path));
  }
}

TEST_CASE("a damaged file is told with its path") {
  TempDir temp;
  Result<std::unique_ptr<StateDirectory>> directory = StateDirectory::Open(temp / "state");
  REQUIRE(directory.ok());
  std::ofstream(temp / "state/state") << "garbage";
  const Result<std::optional<RunState>> loaded = (*directory)->Load();
  REQUIRE_FALSE(loaded.ok());
  CHECK(Has(loaded.status().message(), temp / "state/state"));
  CHECK(loaded.status().code() == StatusCode::kDataLoss);
}

}  // namespace socklog::testing
