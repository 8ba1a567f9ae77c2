#include "pipeline/parse_pool.h"

namespace socklog {

void ParseTask::Parse(LogParser& lines_parser, KeyMaker& keys) {
  batch.clear();
  texts.Clear();
  requests.clear();
  malformed.clear();
  BlockCursor cursor;
  while (cursor.offset < block.text.size()) {
    lines_parser.Parse(block, &cursor, &batch);
    keys.Apply(batch.entries, &texts, &requests);
    malformed.insert(malformed.end(), batch.malformed.begin(), batch.malformed.end());
  }
  lines = cursor.line;
}

ParsePool::ParsePool(std::size_t threads, const KeyRules& rules) : rules_(rules) {
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { Work(); });
}

ParsePool::~ParsePool() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  work_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void ParsePool::Submit(ParseTask* task) {
  {
    const std::lock_guard lock(mutex_);
    task->done = false;
    queue_.push_back(task);
  }
  work_.notify_one();
}

void ParsePool::Wait(ParseTask* task, KeyMaker& keys) {
  std::unique_lock lock(mutex_);
  while (!task->done) {
    if (queue_.empty()) {
      finished_.wait(lock, [&] { return task->done || !queue_.empty(); });
    } else {
      ParseFront(lock, keys);
    }
  }
}

// REQUIRES: the lock is held, and something is queued.
void ParsePool::ParseFront(std::unique_lock<std::mutex>& lock, KeyMaker& keys) {
  ParseTask* task = queue_.front();
  queue_.pop_front();
  lock.unlock();
  task->Parse(*task->parser, keys);
  lock.lock();
  task->done = true;
  finished_.notify_all();
}

void ParsePool::Work() {
  KeyMaker keys(rules_);
  std::unique_lock lock(mutex_);
  for (;;) {
    work_.wait(lock, [&] { return closing_ || !queue_.empty(); });
    if (queue_.empty()) return;
    ParseFront(lock, keys);
  }
}

}  // namespace socklog
