#include <string>
#include <vector>

#include "support/catch.h"
#include "transport/kafka/position.h"
#include "transport/kafka/record_text.h"

namespace socklog {
namespace {

// The blocks' texts; "..." behind one that has a line that was cut.
std::vector<std::string> BlocksOfBytes(const char* data, std::size_t size, std::uint64_t skip) {
  RecordText text;
  text.Start(data, size, skip);
  std::vector<std::string> blocks;
  std::uint64_t taken = skip;
  while (!text.done()) {
    Block block;
    taken += text.AppendTo(&block);
    blocks.push_back(std::string(block.text.view()) + (block.too_long ? "..." : ""));
  }
  CHECK(taken == RecordText::TextSize(data, size));
  return blocks;
}

std::vector<std::string> BlocksOf(const std::string& value, std::uint64_t skip = 0) {
  return BlocksOfBytes(value.data(), value.size(), skip);
}

using Blocks = std::vector<std::string>;

TEST_CASE("A record's value as lines") {
  CHECK(BlocksOfBytes(nullptr, 0, 0).empty());
  CHECK(BlocksOf("") == Blocks{"\n"});
  CHECK(BlocksOf("\n") == Blocks{"\n"});
  CHECK(BlocksOf("a") == Blocks{"a\n"});
  CHECK(BlocksOf("a\n") == Blocks{"a\n"});
  CHECK(BlocksOf("a\nb") == Blocks{"a\nb\n"});
  CHECK(BlocksOf("a\n\n") == Blocks{"a\n\n"});
  CHECK(BlocksOf(std::string("a\0b", 3)) == Blocks{std::string("a\0b\n", 4)});
}

TEST_CASE("A record's lines behind those that were known") {
  CHECK(BlocksOf("a\nb", 2) == Blocks{"b\n"});
  CHECK(BlocksOf("a\nb", 4).empty());
  CHECK(BlocksOf("a\n", 2).empty());
  CHECK(BlocksOf("", 1).empty());
}

TEST_CASE("A record with lines that are too long") {
  const std::string most(kMaxLineBytes, 'x');
  const std::string cut = most + "\n...";
  const auto are = [](const std::string& value, const Blocks& blocks, std::uint64_t skip = 0) {
    return BlocksOf(value, skip) == blocks;
  };
  CHECK(are(most, {most + "\n"}));
  CHECK(are(most + "\n", {most + "\n"}));
  CHECK(are(most + "x", {cut}));
  CHECK(are(most + "xyz\n", {cut}));
  CHECK(are("a\n" + most + "xyz\nb\n" + most, {"a\n", cut, "b\n" + most + "\n"}));
  CHECK(are("a\n" + most + "xyz\nb", {cut, "b\n"}, 2));
}

TEST_CASE("A large record of short lines comes in several blocks") {
  std::string value;
  while (value.size() <= 2 * kMaxLineBytes) value += "a line\n";
  const Blocks blocks = BlocksOf(value);
  CHECK(blocks.size() > 2);
  std::string all;
  for (const std::string& block : blocks) all += block;
  CHECK(all == value);
}

TEST_CASE("Saved positions in Kafka") {
  const SavedKafkaPosition position{"c1", "http-logs", 3, {1234567890123, 42}};
  const std::string text = EncodeKafkaPosition(position);
  CHECK(text == "kafka1 3 1234567890123 42 c1 http-logs");
  const std::optional<SavedKafkaPosition> read = DecodeKafkaPosition(text);
  REQUIRE(read);
  CHECK(read->cluster == position.cluster);
  CHECK(read->topic == position.topic);
  CHECK(DecodeKafkaPosition(EncodeKafkaPosition({"", "t", 3, {1, 2}}))->cluster.empty());
  CHECK(read->partition == position.partition);
  CHECK(read->place == position.place);
  for (const char* wrong : {"", "kafka1", "kafka1 ", "kafka1 1 2 3", "kafka1 1 2 3 ", "kafka1 1 2 3 t",
                            "kafka1 1 2 3 c ", "kafka1 -1 2 3 c t", "kafka1 1 x 3 c t", "kafka1 3000000000 2 3 c t",
                            "kafka1 1 9223372036854775808 3 c t", "kafka2 1 2 3 c t", "1 2 3 4 5 6 7"}) {
    INFO(wrong);
    CHECK(!DecodeKafkaPosition(wrong));
  }
}

TEST_CASE("Places of records in a partition's text") {
  KafkaPlaces places;
  places.Add(0, 100);
  CHECK(places.Find(0) == KafkaPlace{100, 0});
  CHECK(places.Find(70) == KafkaPlace{100, 70});
  places.Add(0, 101);  // nothing came between: it is as good, and nearer
  places.Add(50, 110);
  CHECK(places.Find(49) == KafkaPlace{101, 49});
  CHECK(places.Find(50) == KafkaPlace{110, 0});
  CHECK(places.Find(1000) == KafkaPlace{110, 950});
}

TEST_CASE("Places of a long run are known less exactly, but never wrong") {
  KafkaPlaces places;
  constexpr std::uint64_t kRecords = 100'000;
  constexpr std::uint64_t kSize = 30'000;
  for (std::uint64_t i = 0; i < kRecords; ++i) places.Add(i * kSize, static_cast<std::int64_t>(i));
  for (std::uint64_t position = 0; position < kRecords * kSize; position += 2'999'997) {
    const KafkaPlace place = places.Find(position);
    REQUIRE(static_cast<std::uint64_t>(place.offset) * kSize + place.bytes == position);
    const bool is_recent = kRecords - position / kSize < KafkaPlaces::kRecent;
    REQUIRE(place.bytes < (is_recent ? kSize : 32 * KafkaPlaces::kSpacing));
  }
}

TEST_CASE("what stands beside an offset tells the bytes behind it") {
  CHECK(EncodeKafkaNote("2026-01-01T00:00:10Z", {7, 1234}) == "1 2026-01-01T00:00:10Z 1234");
  CHECK(BytesInKafkaNote("1 2026-01-01T00:00:10Z 1234") == 1234);
  for (const char* other : {"", "1", "1 ", "1 x", "2 - 77", "77", "1 - -5"}) CHECK(BytesInKafkaNote(other) == 0);
}

}  // namespace
}  // namespace socklog
