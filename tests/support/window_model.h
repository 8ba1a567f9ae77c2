// "Meaning" as plainly as it can be written: all lines in memory, maps instead of tables, nothing incremental. The real
// windows are held against it.
#ifndef SOCKLOG_TESTS_SUPPORT_WINDOW_MODEL_H_
#define SOCKLOG_TESTS_SUPPORT_WINDOW_MODEL_H_

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/hash.h"
#include "socklog/cell.h"
#include "socklog/request.h"
#include "socklog/window.h"
#include "window/partition_windows.h"

namespace socklog::testing {

// One line of a partition, with what the key rules would make of it.
struct ModelLine {
  bool malformed = false;
  bool ignored = false;
  bool slow_path = false;
  Micros time = 0;
  Cell cell;  // of one request
  std::array<std::string, kDimensionCount> keys;

  // Its keys are views of the line. Its place in a block is left to the caller.
  Request AsRequest() const;
};

// A well-formed line at `seconds`, with a URL key.
ModelLine LineAt(double seconds, const std::string& url = "/", int status = 200);
ModelLine MalformedLineAt();

using Lines = std::vector<ModelLine>;

// A line each second of [first, last].
Lines EverySecond(int first, int last);
Lines operator+(Lines a, const Lines& b);

// A closed window as text: start and end in seconds, number of windows unless 1, requests and errors, then each
// dimension's keys.
// "[0,10) 3/1 url: /=2/0 /cart=1/1"
std::string WindowText(const WindowReport& report);
std::string CountersText(const LineCounters& counters);

// Partitions that were read to their end, and the stream with them. Nobody was ever idle.
class WindowModel {
 public:
  explicit WindowModel(const WindowShape& shape) : shape_(shape) {}

  void AddPartition(const std::vector<ModelLine>& lines);
  const LineCounters& counters() const { return counters_; }
  // All windows from the first to the last with a line that was counted or ignored, as WindowText.
  std::vector<std::string> Windows() const;

 private:
  struct Window {
    Cell total;
    std::array<std::map<std::string, Cell>, kDimensionCount> keys;
  };
  struct Partition {
    std::optional<Micros> maximum;
    std::vector<const ModelLine*> first;
    std::vector<const ModelLine*> held;
  };

  void Begin(Partition* partition);
  void Offer(const ModelLine& line, Partition* partition);
  void TakeHeld(Partition* partition);
  void Take(const ModelLine& line, Partition* partition);
  void Count(const ModelLine& line);

  const WindowShape shape_;
  LineCounters counters_;
  std::map<Micros, Window> windows_;  // by start
};

// Lines with everything that may go wrong: out of order, late, from the past and the future, jumps, gaps, malformed,
// ignored. Times are about the lengths of `options`, so that each rule is met often.
std::vector<ModelLine> RandomLines(const WindowOptions& options, std::size_t count, SplitMix64* random);

}  // namespace socklog::testing

#endif  // SOCKLOG_TESTS_SUPPORT_WINDOW_MODEL_H_
