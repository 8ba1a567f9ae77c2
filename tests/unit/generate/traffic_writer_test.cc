#include "pipeline/traffic_writer.h"

#include <string>
#include <utility>
#include <vector>

#include "pipeline/jobs.h"
#include "support/catch.h"

namespace socklog {
namespace {

// Requests one second apart from log time 0.
class FakeTraffic : public Traffic {
 public:
  explicit FakeTraffic(std::uint64_t count, Micros start = 0) : count_(count), start_(start) {}
  bool Next(WrittenRequest* request) override {
    if (next_ == count_) return false;
    request->time = start_ + static_cast<Micros>(next_++) * kSecond;
    return true;
  }
  std::uint64_t total() const override { return count_; }

 private:
  const std::uint64_t count_;
  const Micros start_;
  std::uint64_t next_ = 0;
};

class FakeWriter : public LogWriter {
 public:
  void Write(const WrittenRequest& request, std::string* out) override {
    *out += std::to_string(request.time / kSecond) + '\n';
  }
};

// A millisecond passes whenever somebody looks at it: how busy the machine is plays no part.
class SteppingClock : public Clock {
 public:
  Micros Now() const override { return now_; }
  Micros Monotonic() const override { return now_ += kMillisecond; }

 private:
  mutable Micros now_ = 0;
};

// What a sink got before its reader went, and the time of every Flush that had something new.
struct Record {
  std::string text;
  std::vector<std::string> flushed;
  std::vector<Micros> times;
};

class FakeSink : public Sink {
 public:
  FakeSink(Record* record, const Clock& clock, std::size_t breaks_after, bool stops = false)
      : record_(*record), clock_(clock), breaks_after_(breaks_after), stops_(stops) {}
  Status Write(std::string_view lines) override {
    if (record_.text.size() >= breaks_after_) return {StatusCode::kBrokenPipe, "the reader has gone"};
    record_.text += lines;
    pending_ += lines;
    return {};
  }
  Status Flush(bool) override {
    if (pending_.empty()) return {};
    record_.flushed.push_back(std::exchange(pending_, {}));
    record_.times.push_back(clock_.Now());
    if (stops_ && record_.flushed.size() == 3) RequestStop();
    return {};
  }
  std::uint64_t length() const override { return 0; }

 private:
  Record& record_;
  const Clock& clock_;
  const std::size_t breaks_after_;
  const bool stops_;
  std::string pending_;
};

constexpr std::size_t kNever = static_cast<std::size_t>(-1);

Status Run(double speed, std::uint64_t count, const Clock& clock, std::vector<std::unique_ptr<Sink>> sinks) {
  FakeTraffic traffic(count);
  FakeWriter writer;
  return TrafficWriter({speed, 0, false}, &writer, std::move(sinks), clock).Run(&traffic);
}

TEST_CASE("Paced lines come one by one, at their time and no earlier") {
  Record record;
  const SteppingClock clock;
  std::vector<std::unique_ptr<Sink>> sinks;
  sinks.push_back(std::make_unique<FakeSink>(&record, clock, kNever));
  REQUIRE(Run(100, 5, clock, std::move(sinks)).ok());  // 10 ms apart
  CHECK(record.flushed == std::vector<std::string>{"0\n", "1\n", "2\n", "3\n", "4\n"});
  REQUIRE(record.times.size() == 5);
  for (std::size_t i = 0; i < 5; ++i) {
    CHECK(record.times[i] >= static_cast<Micros>(i) * 10 * kMillisecond);
    CHECK(record.times[i] < static_cast<Micros>(i + 1) * 10 * kMillisecond);
  }
}

TEST_CASE("As fast as possible means in big pieces, the same bytes to all") {
  Record first;
  Record second;
  const SteppingClock clock;
  std::vector<std::unique_ptr<Sink>> sinks;
  sinks.push_back(std::make_unique<FakeSink>(&first, clock, kNever));
  sinks.push_back(std::make_unique<FakeSink>(&second, clock, kNever));
  REQUIRE(Run(0, 100'000, clock, std::move(sinks)).ok());
  CHECK(first.text.size() == 588'890);
  CHECK(first.text == second.text);
  CHECK(first.flushed.size() == 1);
}

TEST_CASE("A reader that goes is left alone; the last one ends the stream") {
  Record first;
  Record second;
  const SteppingClock clock;
  std::vector<std::unique_ptr<Sink>> sinks;
  sinks.push_back(std::make_unique<FakeSink>(&first, clock, 4));
  sinks.push_back(std::make_unique<FakeSink>(&second, clock, 8));
  CHECK(Run(100, 100, clock, std::move(sinks)).code() == StatusCode::kBrokenPipe);
  CHECK(first.text == "0\n1\n");
  CHECK(second.text == "0\n1\n2\n3\n");
}

TEST_CASE("The stream ends where log time does, with an error, and what is before it is written") {
  Record record;
  const SteppingClock clock;
  std::vector<std::unique_ptr<Sink>> sinks;
  sinks.push_back(std::make_unique<FakeSink>(&record, clock, kNever));
  FakeTraffic traffic(10, kEndOfTime - 2 * kSecond);
  FakeWriter writer;
  CHECK(TrafficWriter({0, 0, false}, &writer, std::move(sinks), clock).Run(&traffic).code() == StatusCode::kFailed);
  CHECK(record.text == "253370764798\n253370764799\n");
}

// Last, since a stop is for the whole process.
TEST_CASE("After a stop what was due is written, and nothing more") {
  Record record;
  const SteppingClock clock;
  std::vector<std::unique_ptr<Sink>> sinks;
  sinks.push_back(std::make_unique<FakeSink>(&record, clock, kNever, /*stops=*/true));
  REQUIRE(Run(100, 1'000'000, clock, std::move(sinks)).ok());
  CHECK(record.text == "0\n1\n2\n");
}

}  // namespace
}  // namespace socklog
