#include "pipeline/parse_pool.h"

#include <string>
#include <utility>

#include "base/log.h"
#include "base/text.h"

namespace socklog {

void ParseTask::Parse(LogParser& lines_parser, ParseTools& tools) {
  LogBatch& batch = tools.batch;
  std::swap(batch.decoded, decoded);
  batch.clear();
  texts.Clear();
  requests.clear();
  malformed.clear();
  while (!is_parsed() && malformed.size() < kManyMalformed) {
    lines_parser.Parse(block, &cursor, &batch);
    tools.keys.Apply(batch.entries, &texts, &requests);
    malformed.insert(malformed.end(), batch.malformed.begin(), batch.malformed.end());
  }
  std::swap(batch.decoded, decoded);
}

ParsePool::ParsePool(const ParsePoolOptions& options, const KeyRules& rules) : options_(options), rules_(rules) {}

ParsePool::~ParsePool() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  work_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

bool ParsePool::IsWorthwhile(std::size_t block_bytes) {
  if (block_bytes < options_.long_block) return false;
  text_seen_ += block_bytes;
  return text_seen_ >= options_.enough_text;
}

std::unique_ptr<ParseTask> ParsePool::Take() {
  ++taken_;
  if (spare_.empty()) return std::make_unique<ParseTask>();
  std::unique_ptr<ParseTask> task = std::move(spare_.back());
  spare_.pop_back();
  return task;
}

void ParsePool::Give(std::unique_ptr<ParseTask> task) {
  --taken_;
  spare_.push_back(std::move(task));
}

void ParsePool::Submit(ParseTask* task) {
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back(task);
    task->done = false;
  }
  work_.notify_one();
  if (threads_.size() < options_.threads) StartThreads();
}

void ParsePool::StartThreads() {
  try {
    threads_.reserve(options_.threads);
    while (threads_.size() < options_.threads) threads_.emplace_back([this] { Work(); });
  } catch (const std::exception& error) {  // std::system_error, std::bad_alloc: whoever waits does the work
    options_.threads = threads_.size();
    LogNote("only " + FormatCount(threads_.size(), "thread") + " could be started: " + error.what());
  }
}

void ParsePool::Wait(ParseTask* task, ParseTools& tools) {
  std::unique_lock lock(mutex_);
  while (!task->done) {
    if (CanBegin()) {
      DoFront(lock, tools);
    } else {
      finished_.wait(lock, [&] { return task->done || CanBegin(); });
    }
  }
}

// REQUIRES: the lock is held, and CanBegin.
void ParsePool::DoFront(std::unique_lock<std::mutex>& lock, ParseTools& tools) {
  ParseTask* task = queue_.front();
  queue_.pop_front();
  if (closing_ && queue_.empty()) work_.notify_all();
  task->read = Progress::kMore;
  task->failure = nullptr;
  task->cursor = BlockCursor();
  if (task->reading != nullptr) Read(task, lock);
  lock.unlock();
  try {
    if (task->failure == nullptr) task->Parse(*task->parser, tools);
  } catch (...) {
    task->failure = std::current_exception();
  }
  lock.lock();
  task->done = true;
  finished_.notify_all();
}

// The block of the task that stood at the front. REQUIRES: the lock is held; so it is afterwards.
void ParsePool::Read(ParseTask* task, std::unique_lock<std::mutex>& lock) {
  is_reading_ = true;
  lock.unlock();
  try {
    Reading& reading = *task->reading;
    task->block.clear();
    if (reading.last.ok() && *reading.last == Progress::kMore)
      reading.last = reading.source.Read(reading.id, &task->block);
    task->read = reading.last;
  } catch (...) {
    task->failure = std::current_exception();
  }
  lock.lock();
  is_reading_ = false;
  if (queue_.empty()) return;
  work_.notify_one();
  finished_.notify_one();
}

void ParsePool::Work() {
  ParseTools tools(rules_);
  std::unique_lock lock(mutex_);
  for (;;) {
    work_.wait(lock, [&] { return CanBegin() || (closing_ && queue_.empty()); });
    if (queue_.empty()) return;
    DoFront(lock, tools);
  }
}

}  // namespace socklog
