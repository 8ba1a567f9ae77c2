#include <set>
#include <string>
#include <vector>

#include "support/catch.h"
#include "transport/kafka/state_records.h"

namespace socklog {
namespace {

void AddAll(const std::vector<StateRecord>& records, StateJoiner* joiner) {
  for (const StateRecord& record : records) joiner->Add(record.key, record.value);
}

std::string SomeBytes(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 7 + i / 251);
  return bytes;
}

TEST_CASE("a state comes back from its records, whatever its size") {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, kLargestStatePart - 1, kLargestStatePart,
                                 kLargestStatePart + 1, 3 * kLargestStatePart + 5}) {
    CAPTURE(size);
    const std::vector<StateRecord> records = CutState("g", SomeBytes(size), {});
    CHECK(records.size() == (size + kLargestStatePart - 1) / kLargestStatePart + 1);
    for (const StateRecord& record : records) CHECK(record.value->size() <= kLargestStatePart);
    StateJoiner joiner("g");
    AddAll(records, &joiner);
    const Result<std::optional<std::string>> state = joiner.Join();
    REQUIRE((state.ok() && state.value()));
    CHECK(*state.value() == SomeBytes(size));
  }
}

TEST_CASE("the last state counts, and what is left of a longer one is removed") {
  StateJoiner joiner("g");
  AddAll(CutState("g", SomeBytes(3 * kLargestStatePart), {}), &joiner);
  const std::vector<StateRecord> shorter = CutState("g", "short", joiner.Keys());
  REQUIRE(shorter.size() == 4);
  CHECK_FALSE(shorter[1].value.has_value());
  CHECK_FALSE(shorter[2].value.has_value());
  CHECK(shorter.back().value.has_value());
  AddAll(shorter, &joiner);
  CHECK(*joiner.Join().value() == "short");
  CHECK(joiner.Keys() == std::set<std::string>{"1 g 0", "1 g manifest"});
}

TEST_CASE("a state replaces what can be read no more, and removes what is left of it") {
  StateJoiner joiner("g");
  for (const char* key : {"1 g 0", "1 g 7", "1 g of another version", "1 g manifest", "1 h 0"}) joiner.Add(key, "x");
  CHECK(joiner.Join().status().code() == StatusCode::kDataLoss);
  AddAll(CutState("g", "new", joiner.Keys()), &joiner);
  CHECK(*joiner.Join().value() == "new");
  CHECK(joiner.Keys() == std::set<std::string>{"1 g 0", "1 g manifest"});
}

TEST_CASE("groups share a topic, whatever they are called") {
  const std::vector<std::string> groups = {"a", "a 0", "a manifest", "1 a", ""};
  std::vector<StateJoiner> joiners(groups.begin(), groups.end());
  for (const std::string& group : groups) {
    for (StateJoiner& joiner : joiners) AddAll(CutState(group, "state of " + group, {}), &joiner);
  }
  for (std::size_t i = 0; i < groups.size(); ++i) CHECK(*joiners[i].Join().value() == "state of " + groups[i]);
  CHECK_FALSE(StateJoiner("b").Join().value().has_value());
}

TEST_CASE("a state that is not whole is damaged, not another") {
  const std::vector<StateRecord> whole = CutState("g", SomeBytes(2 * kLargestStatePart), {});
  for (std::size_t i = 0; i < whole.size(); ++i) {
    CAPTURE(i);
    std::vector<StateRecord> records = whole;
    const bool is_manifest = i + 1 == whole.size();
    StateJoiner changed("g"), missing("g");
    (*records[i].value)[records[i].value->size() / 2] ^= 1;
    AddAll(records, &changed);
    CHECK(changed.Join().status().code() == StatusCode::kDataLoss);
    records = whole;
    records[i].value.reset();
    AddAll(records, &missing);
    if (is_manifest) {
      CHECK_FALSE(missing.Join().value().has_value());
    } else {
      CHECK(missing.Join().status().code() == StatusCode::kDataLoss);
    }
  }
}

}  // namespace
}  // namespace socklog
