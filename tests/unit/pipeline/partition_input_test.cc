#include "pipeline/partition_input.h"

#include <atomic>
#include <new>
#include <span>
#include <string>
#include <vector>

#include "base/hash.h"
#include "support/catch.h"
#include "support/memory_source.h"
#include "support/plain_format.h"

namespace socklog::testing {
namespace {

const KeyRules& Rules() {
  static const std::unique_ptr<KeyRules> rules =
      KeyRules::Make({}, {}, EventTime::kStart, {true, true, true, true}).value();
  return *rules;
}

ParsePoolOptions Impatient(std::size_t threads, std::size_t blocks_ahead) { return {threads, blocks_ahead, 64, 1, 1}; }

// Lines 0 .. count-1; every seventh is malformed, from `first_good` on.
std::string NumberedLines(int count, int first_good = 0) {
  std::string text;
  for (int i = 0; i < count; ++i)
    text += i % 7 == 3 || i < first_good ? "bad " + std::to_string(i) + "\n"
                                         : std::to_string(i) + " 200 /" + std::to_string(i) + "\n";
  return text;
}

// A line as "number position text".
std::string Describe(const PartitionWindows::BlockPlace& place, std::uint32_t line, std::uint32_t offset,
                     std::uint32_t size) {
  return std::to_string(place.first_line + line) + " " + std::to_string(place.block.PositionAt(offset).offset) + " " +
         std::string(place.block.Line(offset, size));
}

// All that comes out until Fill says kEnd. Runs are popped in pieces.
std::vector<std::string> Drain(PartitionInput* input, ManualClock* clock) {
  std::vector<std::string> lines;
  for (;;) {
    Result<Progress> progress = input->Fill();
    REQUIRE(progress.ok());
    if (*progress == Progress::kEnd) break;
    if (*progress == Progress::kIdle) {
      clock->Turn(kSecond);
      continue;
    }
    while (input->has_lines()) {
      if (const MalformedLine* malformed = input->malformed()) {
        REQUIRE(malformed->reason != nullptr);
        lines.push_back(Describe(input->place(), malformed->line, malformed->offset, malformed->size));
        input->PopMalformed();
        continue;
      }
      const std::span<const Request> run = input->requests();
      REQUIRE(!run.empty());
      const std::size_t popped = 1 + run.size() / 2;
      for (const Request& request : run.first(popped)) {
        lines.push_back(Describe(input->place(), request.line, request.offset, request.size));
        REQUIRE(lines.back().find(" " + std::to_string(request.time) + " 200") != std::string::npos);
      }
      input->PopRequests(popped);
    }
  }
  return lines;
}

std::vector<std::string> Expected(const std::string& text, std::uint64_t first_line = 0, std::uint64_t offset = 0) {
  std::vector<std::string> lines;
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = text.find('\n', start);
    lines.push_back(std::to_string(first_line++) + " " + std::to_string(offset + start) + " " +
                    text.substr(start, end - start));
    start = end + 1;
  }
  return lines;
}

}  // namespace

TEST_CASE("lines come out in order, whoever parses them") {
  const std::size_t threads = GENERATE(0u, 1u, 3u);
  const std::size_t read_ahead = GENERATE(1u, 4u);
  const int first_good = GENERATE(0, 50, 1000);  // until then no format is chosen
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    CAPTURE(threads, read_ahead, first_good, seed);
    const PlainFormat format;
    ManualClock clock;
    MemorySource source(&clock);
    source.AddPartition("log");
    SplitMix64 random(seed);
    const std::string text = NumberedLines(500, first_good);
    source.AddLines(0, text.substr(0, text.find("bad 101\n")), 1 + seed * 5, &random);
    source.AddPause(0, 2 * kSecond);
    const std::string rest = text.substr(std::min(text.size(), text.find("bad 101\n")));
    source.AddLines(0, rest, 1 + seed * 5, &random);
    std::unique_ptr<ParsePool> pool =
        threads > 0 ? std::make_unique<ParsePool>(Impatient(threads, read_ahead), Rules()) : nullptr;
    ParseTools tools(Rules());
    PartitionInput input(0, source, format, pool.get(), tools);
    REQUIRE(Drain(&input, &clock) == Expected(text));
    CHECK(input.chosen() == (first_good < 1000 ? "plain" : ""));
  }
}

TEST_CASE("empty blocks and an empty partition") {
  const PlainFormat format;
  ManualClock clock;
  MemorySource source(&clock);
  source.AddPartition("log");
  source.AddLines(0, "");
  source.AddLines(0, "1 200 /\n");
  source.AddLines(0, "");
  ParseTools tools(Rules());
  PartitionInput input(0, source, format, nullptr, tools);
  CHECK(Drain(&input, &clock) == std::vector<std::string>{"0 0 1 200 /"});
  CHECK(input.Fill().value() == Progress::kEnd);  // and again, without reading
}

TEST_CASE("going on after a restart") {
  const PlainFormat format;
  ManualClock clock;
  MemorySource source(&clock);
  source.AddPartition("log");
  const std::string text = NumberedLines(20);
  source.AddLines(0, text);
  const std::size_t start = text.find("12 200");
  source.StartAt(0, std::to_string(start));
  ParseTools tools(Rules());
  PartitionInput input(0, source, format, nullptr, tools);
  REQUIRE(input.Restore(12, "plain").ok());
  CHECK(input.chosen() == "plain");
  CHECK(Drain(&input, &clock) == Expected(text.substr(start), 12, start));
  PartitionInput other(0, source, format, nullptr, tools);
  CHECK_FALSE(other.Restore(0, "combined").ok());
}

TEST_CASE("an input may be dropped while threads parse for it") {
  const PlainFormat format;
  ManualClock clock;
  ParsePool pool(Impatient(2, 8), Rules());
  ParseTools tools(Rules());
  for (int round = 0; round < 30; ++round) {
    MemorySource source(&clock);
    source.AddPartition("log");
    SplitMix64 random(static_cast<std::uint64_t>(round));
    source.AddLines(0, NumberedLines(2000), 100, &random);
    PartitionInput input(0, source, format, &pool, tools);
    REQUIRE(input.Restore(0, "plain").ok());
    REQUIRE(input.Fill().ok());
    for (int i = 0; i < round; ++i) {
      if (!input.has_lines()) REQUIRE(input.Fill().ok());
      input.malformed() != nullptr ? input.PopMalformed() : input.PopRequests(1);
    }
  }
}

TEST_CASE("what was read before an error comes out before it") {
  const PlainFormat format;
  ManualClock clock;
  ParsePool pool(Impatient(2, 6), Rules());
  ParseTools tools(Rules());
  MemorySource source(&clock);
  source.AddPartition("log");
  for (int i = 0; i < 4; ++i) source.AddLines(0, "1 200 /\n");
  source.AddError(0, "the disk is broken");
  source.AddLines(0, "1 200 /never\n");
  PartitionInput input(0, source, format, &pool, tools);
  for (int i = 0; i < 4; ++i) {
    REQUIRE(input.Fill().ok());
    input.PopRequests(1);
  }
  CHECK(input.Fill().status().message() == "the disk is broken");
}

TEST_CASE("want of memory in a thread ends the reading in its place, and no one waits for ever") {
  class PoorSource : public MemorySource {
   public:
    using MemorySource::MemorySource;
    Result<Progress> Read(PartitionId id, Block* block) override {
      if (++reads_ > 10) throw std::bad_alloc();
      return MemorySource::Read(id, block);
    }

   private:
    std::atomic<int> reads_{0};
  };
  const PlainFormat format;
  ManualClock clock;
  ParseTools tools(Rules());
  for (std::size_t threads = 1; threads < 4; ++threads) {
    ParsePool pool(Impatient(threads, 6), Rules());
    PoorSource source(&clock);
    source.AddPartition("log");
    for (int i = 0; i < 30; ++i) source.AddLines(0, "1 200 /\n");
    PartitionInput input(0, source, format, &pool, tools);
    for (int i = 0; i < 10; ++i) {
      REQUIRE(input.Fill().value() == Progress::kMore);
      input.PopRequests(1);
    }
    CHECK_THROWS_AS(input.Fill(), std::bad_alloc);
  }
}

TEST_CASE("a present end that was seen long ago is looked for again") {
  class PausingSource : public MemorySource {
   public:
    using MemorySource::MemorySource;
    Result<Progress> Read(PartitionId id, Block* block) override {
      if (++reads_ % 5 != 0) return MemorySource::Read(id, block);
      block->clear();
      return Progress::kIdle;
    }

   private:
    std::atomic<int> reads_{0};
  };
  const PlainFormat format;
  ManualClock clock;
  ParseTools tools(Rules());
  ParsePool pool(Impatient(2, 8), Rules());
  PausingSource source(&clock);
  source.AddPartition("log");
  for (int i = 0; i < 30; ++i) source.AddLines(0, "1 200 /\n");
  PartitionInput input(0, source, format, &pool, tools);
  int idle = 0;
  for (int lines = 0; lines < 30;) {
    if (input.Fill().value() == Progress::kIdle) {
      ++idle;
      continue;
    }
    input.PopRequests(1);
    ++lines;
  }
  CHECK(idle <= 1);  // where no thread had read
}

TEST_CASE("a block of very many malformed lines comes in parts") {
  std::string text;
  for (int i = 0; i < 10'000; ++i) text += i % 1000 == 7 ? std::to_string(i) + " 200 /\n" : "x\n";
  const PlainFormat format;
  ManualClock clock;
  MemorySource source(&clock);
  source.AddPartition("log");
  for (int i = 0; i < 3; ++i) source.AddLines(0, text);
  std::unique_ptr<ParsePool> pool =
      GENERATE(false, true) ? std::make_unique<ParsePool>(Impatient(2, 4), Rules()) : nullptr;
  ParseTools tools(Rules());
  PartitionInput input(0, source, format, pool.get(), tools);
  REQUIRE(Drain(&input, &clock) == Expected(text + text + text));
}

TEST_CASE("many partitions share the blocks that are read ahead") {
  const PlainFormat format;
  ManualClock clock;
  ParsePoolOptions options = Impatient(2, 3);
  options.most_blocks = 7;
  ParsePool pool(options, Rules());
  ParseTools tools(Rules());
  MemorySource source(&clock);
  std::vector<std::unique_ptr<PartitionInput>> inputs;
  for (PartitionId id = 0; id < 10; ++id) {
    source.AddPartition("log " + std::to_string(id));
    for (int i = 0; i < 20; ++i) source.AddLines(id, std::to_string(i) + " 200 /\n");
    inputs.push_back(std::make_unique<PartitionInput>(id, source, format, &pool, tools));
  }
  for (int line = 0; line < 20; ++line) {
    for (const auto& input : inputs) {
      REQUIRE(input->Fill().value() == Progress::kMore);
      REQUIRE(input->requests().front().time == line);
      input->PopRequests(1);
      REQUIRE(pool.taken() <= 7);
    }
    if (line == 10) CHECK(pool.taken() > 3);
  }
  for (const auto& input : inputs) CHECK(input->Fill().value() == Progress::kEnd);
  CHECK(pool.taken() == 0);
}

TEST_CASE("many blocks are asked for at once, when half of them are used up") {
  constexpr int kBlocks = 80;
  const PlainFormat format;
  ManualClock clock;
  ParsePool pool(Impatient(1, 16), Rules());
  ParseTools tools(Rules());
  MemorySource source(&clock);
  source.AddPartition("log");
  for (int i = 0; i < kBlocks; ++i) source.AddLines(0, std::to_string(i) + " 200 /\n");
  PartitionInput input(0, source, format, &pool, tools);
  int asked = 0;
  std::size_t before = 0;
  for (int i = 0; i < kBlocks; ++i) {
    REQUIRE(input.Fill().value() == Progress::kMore);
    input.PopRequests(1);
    if (pool.taken() > before) {
      CHECK(pool.taken() >= 15);
      ++asked;
    } else {
      CHECK(pool.taken() > 8);
    }
    before = pool.taken();
  }
  CHECK(asked <= kBlocks / 8 + 1);
  CHECK(input.Fill().value() == Progress::kEnd);
}

TEST_CASE("blocks are asked for before a thread has none, however many threads there are") {
  for (const std::size_t threads : {1u, 2u, 7u, 16u, 63u}) {
    for (const std::size_t more : {1u, 2u, 15u}) {
      CAPTURE(threads, more);
      const ParsePool pool(Impatient(threads, threads + more), Rules());
      for (std::size_t in_hand = 0; in_hand <= threads; ++in_hand) CHECK(pool.IsLow(in_hand));
      CHECK_FALSE(pool.IsLow(threads + more));
    }
  }
  CHECK(ParsePool(Impatient(3, 1), Rules()).IsLow(0));
}

TEST_CASE("threads are worthwhile for much text in long blocks") {
  ParsePool pool({1, 4, 64, 100, 1000}, Rules());
  for (int i = 0; i < 9; ++i) CHECK_FALSE(pool.IsWorthwhile(100));
  CHECK_FALSE(pool.IsWorthwhile(99));  // the writer is slow
  CHECK(pool.IsWorthwhile(100));
  CHECK_FALSE(pool.IsWorthwhile(99));
  CHECK(pool.IsWorthwhile(100));
}

TEST_CASE("a pool ends with work left in its queue") {
  const PlainFormat format;
  std::vector<std::unique_ptr<ParseTask>> tasks;
  {
    ParsePool pool(Impatient(2, 8), Rules());
    ParseTools tools(Rules());
    for (int i = 0; i < 50; ++i) {
      tasks.push_back(std::make_unique<ParseTask>());
      tasks.back()->parser = format.NewParser();
      tasks.back()->block.text.Append("1 200 /\n");
      pool.Submit(tasks.back().get());
    }
    pool.Wait(tasks[20].get(), tools);
    CHECK(tasks[20]->requests.size() == 1);
  }
  for (const auto& task : tasks) CHECK(task->done);
}

}  // namespace socklog::testing
