// Threads that parse blocks ahead of the aggregation.
#ifndef SOCKLOG_PIPELINE_PARSE_POOL_H_
#define SOCKLOG_PIPELINE_PARSE_POOL_H_

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "format/format.h"
#include "socklog/log_entry.h"

namespace socklog {

// A block on its way: read, being parsed, parsed. Reused.
struct ParseTask {
  Block block;
  LogBatch batch;
  std::unique_ptr<LogParser> parser;  // of its own, so that tasks of one partition may be parsed at the same time
  std::uint64_t first_line = 0;       // number of the block's first line in its partition
  bool done = false;                  // guarded by the pool's mutex while submitted
};

// A fixed number of threads. One thread submits and waits; a task belongs to the pool between Submit and Wait.
class ParsePool {
 public:
  // REQUIRES: threads > 0
  explicit ParsePool(std::size_t threads);
  // Finishes what was submitted.
  ~ParsePool();
  ParsePool(const ParsePool&) = delete;
  ParsePool& operator=(const ParsePool&) = delete;

  void Submit(ParseTask* task);
  // Blocks until the task is parsed.
  void Wait(ParseTask* task);

 private:
  void Work();

  std::mutex mutex_;
  std::condition_variable work_;
  std::condition_variable finished_;
  std::deque<ParseTask*> queue_;
  bool closing_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace socklog

#endif  // SOCKLOG_PIPELINE_PARSE_POOL_H_
