// Threads that read blocks of text and turn them into requests, ahead of the aggregation.
#ifndef SOCKLOG_PIPELINE_PARSE_POOL_H_
#define SOCKLOG_PIPELINE_PARSE_POOL_H_

#include <condition_variable>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "format/format.h"
#include "socklog/log_entry.h"
#include "socklog/request.h"
#include "socklog/source.h"
#include "socklog/text_arena.h"
#include "window/key_maker.h"

namespace socklog {

// The reading of one partition by tasks, one after the other.
struct Reading {
  Source& source;
  const PartitionId id;
  Result<Progress> last = Progress::kMore;  // what Read said; after anything but kMore the tasks that come do not read
};

// What a thread parses with: of its own, and used for one task after the other.
struct ParseTools {
  explicit ParseTools(const KeyRules& rules) : keys(rules) {}
  KeyMaker keys;
  LogBatch batch;  // its texts are swapped for the task's meanwhile
};

// A block on its way: to be read, being parsed, parsed. Reused.
struct ParseTask {
  Reading* reading = nullptr;  // null: the block is there
  Block block;
  std::unique_ptr<LogParser> parser;  // of its own, so that tasks of one partition may be parsed at the same time

  // What was said of the block when it was read. But for kMore it is empty.
  Result<Progress> read = Progress::kMore;
  std::exception_ptr failure;  // what reading or parsing in the pool threw: no memory

  // What Parse makes of a part of the block, in the order of its lines.
  Requests requests;
  std::vector<MalformedLine> malformed;

  BlockCursor cursor;  // behind that part
  TextArena decoded;   // LogBatch::decoded
  TextArena texts;     // keys that are not in the block as they stand
  bool done = true;    // guarded by the pool's mutex while submitted

  // The next part of the block: all of it, unless there are very many malformed lines, which can be a byte long.
  // `lines_parser`: that of the partition, or `parser`.
  void Parse(LogParser& lines_parser, ParseTools& tools);
  bool is_parsed() const { return cursor.offset == block.text.size(); }

 private:
  static constexpr std::size_t kManyMalformed = 4096;
};

// When threads are worth their start, and how far they get ahead.
struct ParsePoolOptions {
  std::size_t threads = 1;
  std::size_t blocks_ahead = 4;                    // of each partition
  std::size_t most_blocks = 64;                    // ahead in all, each up to a MB, however many partitions there are
  std::size_t long_block = std::size_t{64} << 10;  // bytes; where blocks are shorter, the reader waits for the writer
  std::size_t enough_text = std::size_t{8} << 20;  // bytes in long blocks: less is done before threads have begun
};

// A number of threads, which start with the first task; fewer if the system has no more. One thread submits and waits,
// and lends a hand meanwhile; a task and its Reading belong to the pool between Submit and Wait. Blocks are read one at
// a time, in the order of Submit, each by the thread that parses it then, while it is in that processor's cache.
class ParsePool {
 public:
  // `rules` is borrowed. REQUIRES: options.threads > 0
  ParsePool(const ParsePoolOptions& options, const KeyRules& rules);
  // Finishes what was submitted.
  ~ParsePool();
  ParsePool(const ParsePool&) = delete;
  ParsePool& operator=(const ParsePool&) = delete;

  // Whether a partition of which so many blocks are in hand may ask for another.
  bool HasRoom(std::size_t in_hand) const { return in_hand < options_.blocks_ahead && taken_ < options_.most_blocks; }
  // Whether so few of its blocks are in hand that it should: then for many at once, since waking a thread for each of
  // them is work as well. Never so few that a thread has none.
  bool IsLow(std::size_t in_hand) const { return in_hand + blocks_at_once() <= options_.blocks_ahead; }
  // How many tasks were taken and not given back.
  std::size_t taken() const { return taken_; }
  // A task to submit, used before or new, and what to do with it after Wait.
  std::unique_ptr<ParseTask> Take();
  void Give(std::unique_ptr<ParseTask> task);
  // Of a block that the caller has read itself, or waited for: whether what comes behind it is better read ahead.
  bool IsWorthwhile(std::size_t block_bytes);

  // If it throws, for want of memory, the task was not submitted.
  void Submit(ParseTask* task);
  // Returns when the task is done, well or with a failure; does what nobody has begun until then. `tools`: the
  // caller's own. At once for a task that was not submitted.
  void Wait(ParseTask* task, ParseTools& tools);

 private:
  // Half of those beyond one for each thread.
  std::size_t blocks_at_once() const {
    return options_.blocks_ahead > options_.threads ? (options_.blocks_ahead - options_.threads + 1) / 2 : 1;
  }
  void Work();
  bool CanBegin() const { return !queue_.empty() && !(is_reading_ && queue_.front()->reading != nullptr); }
  void DoFront(std::unique_lock<std::mutex>& lock, ParseTools& tools);
  void Read(ParseTask* task, std::unique_lock<std::mutex>& lock);
  void StartThreads();

  ParsePoolOptions options_;
  const KeyRules& rules_;
  std::size_t text_seen_ = 0;  // bytes in long blocks
  std::size_t taken_ = 0;
  std::vector<std::unique_ptr<ParseTask>> spare_;
  std::mutex mutex_;
  std::condition_variable work_;
  std::condition_variable finished_;
  std::deque<ParseTask*> queue_;
  bool is_reading_ = false;  // a thread is, for the task that stood at the front before
  bool closing_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace socklog

#endif  // SOCKLOG_PIPELINE_PARSE_POOL_H_
