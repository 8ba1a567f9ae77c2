#include "transport/decode_ahead.h"

#include <utility>

namespace socklog {

DecodeAhead::DecodeAhead(ReadPiece read, ThreadBudget* budget)
    : read_(std::move(read)), budget_(budget), thread_([this] { Work(); }) {}

DecodeAhead::~DecodeAhead() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  changed_.notify_all();
  thread_.join();
  budget_->Give();
}

void DecodeAhead::Work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return closing_ || ready_.size() < kPieces; });
    if (closing_) return;
    Piece piece;
    if (!spare_.empty()) {
      piece = std::move(spare_.back());
      spare_.pop_back();
    }
    lock.unlock();
    piece.text.clear();
    try {
      piece.result = read_(&piece.text);
    } catch (...) {
      piece.failure = std::current_exception();
    }
    const bool more = piece.failure == nullptr && piece.result.state == IoState::kDone;
    lock.lock();
    ready_.push_back(std::move(piece));
    changed_.notify_all();
    if (!more) return;
  }
}

IoResult DecodeAhead::Read(TextBuffer* to) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !ready_.empty(); });
  Piece piece = std::move(ready_.front());
  ready_.pop_front();
  changed_.notify_all();
  lock.unlock();
  if (piece.failure != nullptr) std::rethrow_exception(piece.failure);
  to->Append(piece.text.view());
  IoResult result = std::exchange(piece.result, IoResult());
  lock.lock();
  spare_.push_back(std::move(piece));
  return result;
}

}  // namespace socklog
