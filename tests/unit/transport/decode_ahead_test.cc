#include "transport/decode_ahead.h"

#include <string>

#include "compress.h"
#include "support/captured_stderr.h"
#include "support/catch.h"
#include "testing.h"

namespace socklog::testing {
namespace {

// Pieces "0;", "1;" ... and then the end.
DecodeAhead::ReadPiece Numbers(int count) {
  return [count, next = 0](TextBuffer* to) mutable -> IoResult {
    if (next == count) return {IoState::kCut, 0, Status::Failed("broken off")};
    const std::string text = std::to_string(next++) + ";";
    to->Append(text);
    return {IoState::kDone, text.size(), {}};
  };
}

}  // namespace

TEST_CASE("pieces come in their order, and then what ended them") {
  ThreadBudget budget(1);
  for (const int count : {0, 1, 3, 1000}) {
    REQUIRE(budget.Take());
    CHECK_FALSE(budget.Take());
    DecodeAhead ahead(Numbers(count), &budget);
    TextBuffer text;
    text.Append("before;");
    std::string expected = "before;";
    for (int i = 0; i < count; ++i) {
      REQUIRE(ahead.Read(&text).state == IoState::kDone);
      expected += std::to_string(i) + ";";
    }
    CHECK(text.view() == expected);
    const IoResult end = ahead.Read(&text);
    CHECK(end.state == IoState::kCut);
    CHECK(end.error.message() == "broken off");
  }
  CHECK(budget.Take());
}

TEST_CASE("it may be dropped at any time") {
  ThreadBudget budget(100);
  for (int reads = 0; reads < 20; ++reads) {
    REQUIRE(budget.Take());
    DecodeAhead ahead(Numbers(1000), &budget);
    TextBuffer text;
    for (int i = 0; i < reads; ++i) REQUIRE(ahead.Read(&text).state == IoState::kDone);
  }
}

TEST_CASE("compressed files read with threads give the same lines at the same places") {
  const TempDir dir;
  const std::string text = Lines(1, 60'000);
  WriteFile(dir / "a", Gzip(text));
  WriteFile(dir / "b", Zstd(text));
  WriteFile(dir / "c", Gzip(text).substr(0, Gzip(text).size() - 1000));
  SourceOptions options;
  options.decoder_threads = GENERATE(0u, 1u, 4u);
  Reader reader({dir / "a", dir / "b", dir / "c"}, options);
  const CapturedStderr messages;
  CHECK(reader.ReadAll());
  CHECK(reader.text(0) == text);
  CHECK(reader.text(1) == text);
  CHECK(reader.text(2) == text.substr(0, reader.text(2).size() - 1) + "\n");
  CHECK(Has(messages.text(), "ends in the middle"));
  options.resume = {{dir / "a", reader.PositionOf(50'000, 0)}, {dir / "b", reader.PositionOf(50'000, 1)}};
  Reader later({dir / "a", dir / "b"}, options);
  CHECK(later.ReadAll());
  CHECK(later.text(0) == Lines(50'001, 60'000));
  CHECK(later.text(1) == Lines(50'001, 60'000));
}

}  // namespace socklog::testing
