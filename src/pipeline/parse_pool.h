// Threads that turn blocks of text into requests ahead of the aggregation.
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
#include "socklog/request.h"
#include "socklog/text_arena.h"
#include "window/key_maker.h"

namespace socklog {

// A block on its way: read, being parsed, parsed. Reused.
struct ParseTask {
  Block block;
  std::unique_ptr<LogParser> parser;  // of its own, so that tasks of one partition may be parsed at the same time

  // What Parse makes of the block, in the order of its lines.
  std::vector<Request> requests;
  std::vector<MalformedLine> malformed;
  std::uint32_t lines = 0;

  LogBatch batch;
  TextArena texts;    // keys that are not in the block as they stand
  bool done = false;  // guarded by the pool's mutex while submitted

  // `lines_parser`: that of the partition, or `parser`.
  void Parse(LogParser& lines_parser, KeyMaker& keys);
};

// A fixed number of threads. One thread submits and waits, and lends a hand meanwhile; a task belongs to the pool
// between Submit and Wait.
class ParsePool {
 public:
  // `rules` is borrowed. REQUIRES: threads > 0
  ParsePool(std::size_t threads, const KeyRules& rules);
  // Finishes what was submitted.
  ~ParsePool();
  ParsePool(const ParsePool&) = delete;
  ParsePool& operator=(const ParsePool&) = delete;

  void Submit(ParseTask* task);
  // Returns when the task is parsed; parses what nobody has begun until then. `keys`: the caller's own.
  void Wait(ParseTask* task, KeyMaker& keys);

 private:
  void Work();
  void ParseFront(std::unique_lock<std::mutex>& lock, KeyMaker& keys);

  const KeyRules& rules_;
  std::mutex mutex_;
  std::condition_variable work_;
  std::condition_variable finished_;
  std::deque<ParseTask*> queue_;
  bool closing_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace socklog

#endif  // SOCKLOG_PIPELINE_PARSE_POOL_H_
