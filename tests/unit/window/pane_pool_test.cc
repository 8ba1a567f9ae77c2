#include "window/pane_pool.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/key_hash.h"
#include "support/catch.h"
#include "support/padded.h"

namespace socklog::testing {
namespace {

constexpr std::size_t kUrl = static_cast<std::size_t>(Dimension::kUrl);

WindowShape UrlShape(std::uint64_t max_keys) {
  WindowShape shape;
  shape.max_keys = max_keys;
  shape.dimensions[kUrl] = true;
  return shape;
}

// Counts `keys` requests, each for a URL of its own that no other window has.
void CountNewUrls(std::size_t keys, std::size_t key_bytes, Pane* pane) {
  static const KeyHash hash;
  static std::uint64_t number = 0;
  for (std::size_t i = 0; i < keys; ++i) {
    std::string url = "/" + std::to_string(++number);
    url.resize(std::max(url.size(), key_bytes), 'x');
    const std::string_view text = Padded(url);
    Request request;
    request.keys[KeyedIndex(Dimension::kUrl)] = {text.data(), static_cast<std::uint32_t>(text.size()), hash(text)};
    pane->Count({&request, 1});
  }
}

}  // namespace

TEST_CASE("windows after a burst are counted exactly again") {
  const auto [key_bytes, burst_keys] =
      GENERATE(std::pair<std::size_t, std::size_t>{10, 12'000}, std::pair<std::size_t, std::size_t>{200, 3'000});
  CAPTURE(key_bytes);
  const WindowShape shape = UrlShape(20'000);
  PanePool pool(shape);
  for (int window = 0; window < 10; ++window) {
    Pane* pane = pool.Take();
    CountNewUrls(burst_keys, key_bytes, pane);
    pool.Give(pane);
  }
  bool all_exact = true;
  for (int window = 0; window < 20; ++window) {
    Pane* pane = pool.Take();
    CountNewUrls(20, key_bytes, pane);
    all_exact = all_exact && pane->tables[kUrl]->is_exact();
    CHECK(pane->tables[kUrl]->size() == 20);
    pool.Give(pane);
  }
  CHECK(all_exact);
}

TEST_CASE("panes that count beside the keys are kept before others") {
  const WindowShape shape = UrlShape(1000);
  PanePool pool(shape);
  std::vector<Pane*> fast, slow;
  for (int i = 0; i < 8; ++i) {
    Pane* pane = pool.Take();
    (pane->IsBesideKeys() ? fast : slow).push_back(pane);
  }
  REQUIRE(fast.size() == KeyDictionary::kColumns);
  for (Pane* pane : slow) pool.Give(pane);
  for (Pane* pane : fast) pool.Give(pane);
  for (std::size_t i = 0; i < KeyDictionary::kColumns; ++i) CHECK(pool.Take()->IsBesideKeys());
}

}  // namespace socklog::testing
