#include "pipeline/group_state.h"

#include "support/catch.h"

namespace socklog::testing {
namespace {

// What was committed is kept for the test.
class FakeWork : public GroupWork {
 public:
  const Result<std::optional<std::string>>& state() const override { return state_; }
  Result<std::unique_ptr<Sink>> OpenSink(const Endpoint&) override { return Status::Failed("no topics here"); }
  std::size_t held_bytes() const override { return 0; }
  Status Commit(std::string_view state, const std::vector<std::string>& positions, const std::string&) override {
    state_ = std::optional<std::string>(state);
    positions_ = positions;
    return {};
  }
  int commits() const override { return 0; }
  Status Check() const override { return {}; }

  Result<std::optional<std::string>> state_ = std::optional<std::string>();
  std::vector<std::string> positions_;
};

}  // namespace

TEST_CASE("offsets are those of partitions that are read, places are kept of all") {
  auto work = std::make_unique<FakeWork>();
  const FakeWork& committed = *work;
  GroupState store("the state", std::move(work));
  RunState state;
  for (const char* name : {"read", "gone", "read as well"}) {
    SavedPartition& partition = state.partitions.emplace_back();
    partition.name = name;
    partition.position = std::string("place of ") + name;
  }
  state.partitions[1].is_read = false;
  REQUIRE(store.Save(state).ok());
  CHECK(committed.positions_ == std::vector<std::string>{"place of read", "place of read as well"});
  const Result<std::optional<RunState>> loaded = store.Load();
  REQUIRE((loaded.ok() && loaded.value()));
  REQUIRE(loaded.value()->partitions.size() == 3);
  CHECK(loaded.value()->partitions[1].position == "place of gone");
}

TEST_CASE("a state that cannot be read is an error of who asks for it, and is replaced") {
  const Result<std::optional<std::string>> cases[] = {
      Status(StatusCode::kDataLoss, "the saved state misses a part; --reset-state starts afresh"),
      std::optional<std::string>("of some other program"),
  };
  for (const Result<std::optional<std::string>>& saved : cases) {
    auto work = std::make_unique<FakeWork>();
    work->state_ = saved;
    GroupState store("the state of g", std::move(work));
    const Result<std::optional<RunState>> loaded = store.Load();
    REQUIRE(!loaded.ok());
    CHECK(loaded.status().code() == StatusCode::kDataLoss);
    CHECK(loaded.status().message().starts_with("the state of g: the saved state "));
    CHECK(loaded.status().message().find("--reset-state") != std::string::npos);
    REQUIRE(store.Reset().ok());
    REQUIRE(store.Save(RunState()).ok());
    CHECK(store.Load().ok());
  }
}

}  // namespace socklog::testing
