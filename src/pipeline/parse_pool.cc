#include "pipeline/parse_pool.h"

namespace socklog {

ParsePool::ParsePool(std::size_t threads) {
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

void ParsePool::Wait(ParseTask* task) {
  std::unique_lock lock(mutex_);
  finished_.wait(lock, [&] { return task->done; });
}

void ParsePool::Work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    work_.wait(lock, [&] { return closing_ || !queue_.empty(); });
    if (queue_.empty()) return;
    ParseTask* task = queue_.front();
    queue_.pop_front();
    lock.unlock();
    task->parser->Parse(task->block, &task->batch);
    lock.lock();
    task->done = true;
    finished_.notify_all();
  }
}

}  // namespace socklog
