#include "sketch/key_dictionary.h"

#include <algorithm>
#include <map>
#include <string>

#include "key_streams.h"
#include "naive_space_saving.h"
#include "support/catch.h"

namespace socklog::testing {

TEST_CASE("a key keeps its id, and ids are given in order") {
  const Stream stream = GENERATE(from_range(kAllStreams));
  CAPTURE(static_cast<int>(stream));
  SplitMix64 random(1);
  KeyDictionary dictionary(20'000);
  std::map<std::string, std::uint32_t> known;
  int right = 0;
  for (int i = 0; i < 8000; ++i) {
    const std::string text = RandomKey(stream, &random);
    const auto [place, is_new] = known.try_emplace(text, static_cast<std::uint32_t>(known.size()));
    const std::uint32_t looked = dictionary.Look(KeyOf(text).hash);
    if (is_new) REQUIRE_FALSE(dictionary.Holds(looked, KeyOf(text)));
    right += dictionary.Holds(looked, KeyOf(text)) ? 1 : 0;
    REQUIRE(dictionary.Intern(KeyOf(text)) == place->second);
    REQUIRE(dictionary.shard(place->second) == ShardOf(text));
    REQUIRE(dictionary.size() == known.size());
  }
  CHECK(right >= (8000 - static_cast<int>(known.size())) * 9 / 10);  // others share some bits of a hash
  for (const auto& [text, id] : known) {
    REQUIRE(dictionary.key(id).text() == text);
    REQUIRE(dictionary.key(id).hash == KeyOf(text).hash);
  }
}

TEST_CASE("keys that differ in one byte only, and not in their hash") {
  KeyDictionary dictionary(6400);
  std::uint32_t ids = 0;
  for (const std::size_t size : {1, 2, 7, 8, 9, 15, 16, 17, 23, 24, 25, 31, 39, 40, 41, 42, 56, 256}) {
    for (std::size_t at = 0; at < size; ++at) {
      std::string text(size, 'x');
      text[at] = '\xff';
      Key key = KeyOf(text);
      key.hash = 7;
      REQUIRE_FALSE(dictionary.Holds(dictionary.Look(key.hash), key));
      REQUIRE(dictionary.Intern(key) == ids);
      REQUIRE(dictionary.Intern(key) == ids);
      ++ids;
    }
  }
}

// What is behind a key in memory is not part of it.
TEST_CASE("a key is the same whatever stands behind it") {
  KeyDictionary dictionary(6400);
  for (const std::size_t size : {1, 8, 16, 23, 24, 25, 39, 40, 41, 100}) {
    std::string text(size + 64, 'x');
    Key key = KeyOf(text.substr(0, size));
    const std::uint32_t id = dictionary.Intern(key);
    key.data = text.data();
    CHECK(dictionary.Holds(id, key));
    std::fill(text.begin() + static_cast<std::ptrdiff_t>(size), text.end(), '\0');
    CHECK(dictionary.Holds(id, key));
    ++key.size;
    CHECK_FALSE(dictionary.Holds(id, key));
    key.size -= 2;
    if (key.size > 0) CHECK_FALSE(dictionary.Holds(id, key));
  }
}

TEST_CASE("keys are visited up to the first whose id is wrong, or that the visitor refuses") {
  constexpr std::size_t kUser = KeyedIndex(Dimension::kUser);
  KeyDictionary dictionary(640);
  std::vector<Request> requests(6);
  std::vector<std::uint32_t> ids(requests.size(), KeyDictionary::kNone);
  for (std::size_t i = 0; i < requests.size(); ++i) {
    requests[i].keys[kUser] = KeyOf("user " + std::to_string(i));
    ids[i] = dictionary.Intern(requests[i].keys[kUser]);
  }
  std::size_t refused = requests.size();
  std::vector<std::size_t> seen;
  const auto visit = [&](const Request& request, std::size_t id) {
    if (&request == requests.data() + refused) return false;
    seen.push_back(id);
    return true;
  };
  const auto visited = [&] { return dictionary.VisitHeld(requests, kUser, ids.data(), visit); };
  requests[1].ignored = true;
  requests[2].keys[kUser].size = 0;
  ids[1] = ids[2] = KeyDictionary::kNone;  // of what does not count, nobody asks
  CHECK(visited() == 6);
  refused = 4;
  CHECK(visited() == 4);
  std::swap(ids[3], ids[4]);
  CHECK(visited() == 3);
  ids[0] = KeyDictionary::kNone;
  CHECK(visited() == 0);
  CHECK(seen == std::vector<std::size_t>{0, 3, 4, 5, 0, 3, 0});
}

TEST_CASE("a full dictionary says so, and still knows what it has") {
  const std::size_t key_bytes = GENERATE(8, 256);
  CAPTURE(key_bytes);
  KeyDictionary dictionary(64);
  const auto text_of = [&](std::uint32_t number) {
    std::string text = std::to_string(1'000'000 + number);
    text.resize(key_bytes, 'x');
    return text;
  };
  std::uint32_t count = 0;
  while (dictionary.Intern(KeyOf(text_of(count))) == count) ++count;
  CHECK(count == (key_bytes == 8 ? dictionary.max_ids() : dictionary.max_ids() * kTextBytesPerKey / key_bytes));
  CHECK(dictionary.Intern(KeyOf(text_of(count))) == KeyDictionary::kNone);
  for (std::uint32_t i = 0; i < count; ++i) REQUIRE(dictionary.Intern(KeyOf(text_of(i))) == i);
}

TEST_CASE("what is kept is renumbered, what is not is gone") {
  KeyDictionary dictionary(6400);
  for (int i = 0; i < 3000; ++i) (void)dictionary.Intern(KeyOf("/" + std::to_string(i)));
  std::vector<bool> used(dictionary.size());
  for (std::size_t id = 0; id < used.size(); ++id) used[id] = id % 3 == 0;
  const std::vector<std::uint32_t> renamed = dictionary.Keep(used);
  REQUIRE(dictionary.size() == 1000);
  for (std::uint32_t id = 0; id < 3000; ++id) {
    REQUIRE(renamed[id] == (used[id] ? id / 3 : KeyDictionary::kNone));
    if (used[id]) REQUIRE(dictionary.Intern(KeyOf("/" + std::to_string(id))) == renamed[id]);
  }
  CHECK(dictionary.Intern(KeyOf("/1")) == 1000);  // new again
}

}  // namespace socklog::testing
